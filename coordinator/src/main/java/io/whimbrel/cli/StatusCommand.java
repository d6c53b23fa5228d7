// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FailureLedger.ReasonCount;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.RangeLedger.Totals;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Says from the ledger how far the newest migration is. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Says how far the newest migration of a store is.")
final class StatusCommand extends StoreCommand implements Callable<Integer> {

  @Override
  public Integer call() throws SQLException {
    try (Store store = openReadOnly()) {
      Ledger ledger = Ledger.of(store);
      Migration migration = latestOrRefuse(store, ledger);
      RangeKind kind = migration.kind() == MigrationKind.IN_PLACE ? RangeKind.PACK : RangeKind.COPY;
      store.read(
          connection -> {
            Totals totals = ledger.ranges().totals(connection, migration.migrationId(), kind);
            out().println("migration  " + migration.migrationId() + " (" + migration.kind() + ")");
            out()
                .println(
                    "state      " + migration.state() + (migration.paused() ? ", paused" : ""));
            out()
                .printf(
                    Locale.ROOT,
                    "memories   %,d of %,d%n",
                    totals.memories(),
                    migration.memories());
            out()
                .printf(
                    Locale.ROOT, "ranges     %,d done, %,d open%n", totals.done(), totals.open());
            out()
                .println(
                    "workers    " + ledger.workers().live(connection, migration.migrationId()));
            for (ReasonCount count :
                ledger.failures().countByReason(connection, migration.migrationId())) {
              out()
                  .printf(
                      Locale.ROOT,
                      "%-10s %,d %s%n",
                      count.severity().toLowerCase(Locale.ROOT),
                      count.memories(),
                      count.reason());
            }
            if (migration.reason() != null) {
              out().println("reason     " + migration.reason());
            }
            return true;
          });
      return 0;
    }
  }
}
