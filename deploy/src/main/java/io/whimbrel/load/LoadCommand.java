// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The parts of the trial as commands; {@code deploy/trial/run.sh} calls them. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = "A load on a store, and what a migration beside it does to it.",
    subcommands = {
      GenerateCommand.class,
      CheckCommand.class,
      TrialCommand.class,
      TriggerCostCommand.class
    })
public final class LoadCommand {

  private LoadCommand() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new LoadCommand()).execute(arguments));
  }
}
