// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lets workers claim ranges again. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = "Lets workers claim ranges again.")
final class ResumeCommand extends StoreCommand implements Callable<Integer> {

  @Override
  public Integer call() throws SQLException {
    try (Store store = open()) {
      Ledger ledger = Ledger.of(store);
      Migration migration = latestOrRefuse(store, ledger);
      store.update(
          connection -> ledger.migrations().setPaused(connection, migration.migrationId(), false));
      out().println("migration " + migration.migrationId() + " is going on");
      return 0;
    }
  }
}
