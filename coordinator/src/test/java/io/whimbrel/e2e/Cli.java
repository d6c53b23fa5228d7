// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import io.whimbrel.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** Runs the command line in this process. */
final class Cli {

  /** How a command ended, and what it printed for people and scripts. */
  record Result(int exit, String out, String err) {

    /** What is on standard error, by lines; progress is not in it. */
    List<String> errorLines() {
      return err.lines().toList();
    }
  }

  private Cli() {}

  static Result run(List<String> arguments) {
    return run(arguments.toArray(String[]::new));
  }

  static Result run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    int exit = command.execute(arguments);
    command.getOut().flush();
    command.getErr().flush();
    return new Result(exit, out.toString(), err.toString());
  }
}
