// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root command. */
@Command(
    name = "whimbrel",
    mixinStandardHelpOptions = true,
    versionProvider = WhimbrelCommand.Version.class,
    description = "Migrates AI memory stores to compressed, lazily loaded memories, reversibly.",
    footer = {
      "",
      "Exit codes: 0 done; 1 failed and rolled back; 2 bad usage or a store that cannot be",
      "migrated, nothing touched; 3 stopped or cancelled, or its database was away for long, or",
      "another coordinator leads; 4 a person must look."
    },
    subcommands = {
      InspectCommand.class,
      MigrateCommand.class,
      StatusCommand.class,
      CutOverCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      CancelCommand.class,
      VerifyCommand.class,
      RollbackCommand.class,
      FinalizeCommand.class,
      BackupsCommand.class,
      RestoreCommand.class,
      GetCommand.class,
      ExportCommand.class,
      DemoCommand.class
    })
final class WhimbrelCommand implements Runnable {

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "a command is missing, such as `migrate`");
    }
  }

  /** Reads the version that the build put into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Version.class.getPackage().getImplementationVersion();
      return new String[] {"whimbrel " + (version == null ? "development build" : version)};
    }
  }
}
