// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreRefusedException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lets workers finish what they hold and claim nothing more. */
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    description = "Lets workers finish what they hold and claim nothing more.")
final class PauseCommand extends StoreCommand implements Callable<Integer> {

  @Override
  public Integer call() throws SQLException {
    try (Store store = open()) {
      Ledger ledger = Ledger.of(store);
      Migration migration = latestOrRefuse(store, ledger);
      if (migration.state().isTerminal()) {
        throw new StoreRefusedException(
            "migration "
                + migration.migrationId()
                + " is "
                + migration.state()
                + ": there is nothing to pause");
      }
      store.update(
          connection -> ledger.migrations().setPaused(connection, migration.migrationId(), true));
      out().println("migration " + migration.migrationId() + " is paused");
      return 0;
    }
  }
}
