// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreRefusedException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lets a cut-over go that was held back by `migrate --postpone-cut-over`. */
@Command(
    name = "cut-over",
    mixinStandardHelpOptions = true,
    description = "Lets a cut-over go that `migrate --postpone-cut-over` holds back.")
final class CutOverCommand extends StoreCommand implements Callable<Integer> {

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
                + ": there is no cut-over to let go");
      }
      store.update(
          connection ->
              ledger.migrations().setPostponed(connection, migration.migrationId(), false));
      out()
          .println(
              "migration "
                  + migration.migrationId()
                  + " cuts over as soon as it is ready; its coordinator does it");
      return 0;
    }
  }
}
