// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/** The main class of the jar that the launchers are tried with: says how it was started. */
public final class StartedProgram {
  private StartedProgram() {}

  public static void main(String[] arguments) {
    try (PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)) {
      out.println("pid=" + ProcessHandle.current().pid());
      out.println("password=" + System.getenv("WHIMBREL_DB_PASSWORD"));
      for (String argument : arguments) {
        out.println("argument=" + argument);
      }
      for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
        out.println("option=" + option);
      }
    }
    // An unusual code, so that it can only come from here.
    System.exit(7);
  }
}
