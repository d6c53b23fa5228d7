// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.sqlite.SqliteStore;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Puts a backup in the place of a store. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = "Verifies a backup and puts it in the place of a store.")
final class RestoreCommand extends StoreCommand implements Callable<Integer> {

  @Option(names = "--backup", required = true, description = "The backup's file or directory")
  Path backup = Path.of(".");

  @Override
  public Integer call() throws SQLException, IOException {
    StoreUrl url = url();
    if (url instanceof StoreUrl.SqliteUrl sqlite && !Files.exists(sqlite.file())) {
      restoreToNewFile(sqlite);
    } else {
      try (Store store = open(url, SqliteStore.Access.READ_WRITE)) {
        store.backup().restore(backup);
      }
    }
    out().println("restored " + url.redacted() + " from " + backup);
    return 0;
  }

  // A backup that turns out to be bad must not leave an empty store behind.
  private void restoreToNewFile(StoreUrl.SqliteUrl url) throws SQLException, IOException {
    boolean restored = false;
    try (Store store = SqliteStore.openOrCreate(url)) {
      store.backup().restore(backup);
      restored = true;
    } finally {
      if (!restored) {
        Files.deleteIfExists(url.file());
      }
    }
  }
}
