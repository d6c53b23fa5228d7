// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import io.whimbrel.cli.Main;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine;

/** The commands and options that the program really has. */
final class Commands {
  private static final Set<String> OF_EVERY_COMMAND =
      Set.of("-h", "--help", "-V", "--version", "-v", "--verbose", "--db-url");

  private Commands() {}

  /** Commands by name, each with its subcommands as names of two words. */
  static Map<String, CommandLine> all() {
    Map<String, CommandLine> all = new TreeMap<>();
    Main.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) -> {
              all.put(name, command);
              command.getSubcommands().forEach((sub, line) -> all.put(name + " " + sub, line));
            });
    return all;
  }

  /** Every option of a command, by every name it has. */
  static Set<String> optionsOf(String command) {
    CommandLine line = all().get(command);
    if (line == null) {
      throw new IllegalArgumentException("there is no command " + command);
    }
    return Set.copyOf(line.getCommandSpec().optionsMap().keySet());
  }

  /** The options of a command that are not the same everywhere. */
  static Set<String> ownOptionsOf(String command) {
    Set<String> options = new TreeSet<>(optionsOf(command));
    options.removeAll(OF_EVERY_COMMAND);
    return options;
  }
}
