// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreRefusedException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Asks a running coordinator to undo everything. */
@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    description = {
      "Asks the coordinator of a running migration to undo everything.",
      "When none runs any more, use `rollback`: it does the undoing itself."
    })
final class CancelCommand extends StoreCommand implements Callable<Integer> {

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
                + ": there is nothing to cancel");
      }
      store.update(
          connection -> ledger.migrations().requestCancel(connection, migration.migrationId()));
      out()
          .println(
              "migration "
                  + migration.migrationId()
                  + " will be undone; if no coordinator runs, use `whimbrel rollback`");
      return 0;
    }
  }
}
