// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.report.HumanUnits;
import io.whimbrel.store.StoreBackup.BackupResult;
import io.whimbrel.store.StoreRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Lists, verifies and prunes backups. */
@Command(
    name = "backups",
    mixinStandardHelpOptions = true,
    description = "Lists, verifies or prunes the backups in a directory.")
final class BackupsCommand implements Runnable {

  @Option(
      names = "--backup-dir",
      scope = ScopeType.INHERIT,
      description = "Where backups are (default ${DEFAULT-VALUE})")
  Path backupDir = Path.of("whimbrel-backups");

  @Spec @Nullable CommandSpec spec;

  @ParentCommand @Nullable WhimbrelCommand parent;

  @Override
  public void run() {
    list();
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the backups, newest last.")
  void list() {
    for (Path backup : backups()) {
      say(String.format(Locale.ROOT, "%s  %s", backup, HumanUnits.bytes(size(backup))));
    }
  }

  @Command(name = "verify", mixinStandardHelpOptions = true, description = "Verifies every backup.")
  int verify() throws SQLException, IOException {
    int damaged = 0;
    for (Path backup : backups()) {
      try {
        BackupResult result = BackupFiles.verify(backup);
        say(String.format(Locale.ROOT, "%s  sound: %s", backup, result.check()));
      } catch (StoreRefusedException e) {
        damaged++;
        say(String.format(Locale.ROOT, "%s  DAMAGED: %s", backup, e.getMessage()));
      }
    }
    return damaged == 0 ? 0 : 4;
  }

  @Command(
      name = "prune",
      mixinStandardHelpOptions = true,
      description = "Removes all but the newest backups.")
  void prune(@Parameters(paramLabel = "KEEP", description = "How many to keep") int keep)
      throws IOException {
    if (keep < 1) {
      throw new StoreRefusedException("keep at least one backup");
    }
    List<Path> backups = backups();
    for (Path backup : backups.subList(0, Math.max(0, backups.size() - keep))) {
      BackupFiles.delete(backup);
      say("removed " + backup);
    }
  }

  private List<Path> backups() {
    if (!Files.isDirectory(backupDir)) {
      throw new StoreRefusedException("there is no directory " + backupDir);
    }
    try (Stream<Path> entries = Files.list(backupDir)) {
      return entries
          .filter(BackupFiles::isBackup)
          .sorted(Comparator.comparing(BackupFiles::modified))
          .toList();
    } catch (IOException e) {
      throw new StoreRefusedException(backupDir + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static long size(Path backup) {
    return BackupFiles.size(backup);
  }

  private void say(String line) {
    if (spec != null) {
      spec.commandLine().getOut().println(line);
      spec.commandLine().getOut().flush();
    }
  }
}
