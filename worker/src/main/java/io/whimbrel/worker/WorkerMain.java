// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import java.util.Arrays;
import picocli.CommandLine;

/** The entry point of {@code whimbrel-worker.jar}. */
public final class WorkerMain {

  private WorkerMain() {}

  public static void main(String[] args) {
    CommandErrors.setLogLevel(Arrays.asList(args));
    CommandLine command = new CommandLine(new WorkerCommand());
    CommandErrors.install(command);
    System.exit(command.execute(args));
  }
}
