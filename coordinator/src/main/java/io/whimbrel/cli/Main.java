// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.worker.CommandErrors;
import io.whimbrel.worker.WorkerCommand;
import java.util.Arrays;
import picocli.CommandLine;

/** The entry point of {@code whimbrel.jar}. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    CommandErrors.setLogLevel(Arrays.asList(args));
    int exitCode = commandLine().execute(args);
    CommandEnd.reached(exitCode);
    System.exit(exitCode);
  }

  /** The whole command line, also for tests. */
  public static CommandLine commandLine() {
    CommandLine command = new CommandLine(new WhimbrelCommand());
    command.addSubcommand("worker", new WorkerCommand());
    CommandErrors.install(command);
    return command;
  }
}
