// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.migration.Undoing;
import io.whimbrel.progress.ProgressDisplay;
import io.whimbrel.report.HumanUnits;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreSizes;
import io.whimbrel.worker.WorkerCommand;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Drops the legacy table and gives its space back. */
@Command(
    name = "finalize",
    mixinStandardHelpOptions = true,
    description = {
      "Drops the legacy table of a completed migration and gives its space back.",
      "After that there is no rollback; the backup, and the text of deleted memories in it,",
      "stays until you remove it."
    })
final class FinalizeCommand extends StoreCommand implements Callable<Integer> {

  @Override
  public Integer call() throws SQLException, InterruptedException {
    try (Store store = open();
        ProgressDisplay progress = progress()) {
      Ledger ledger = Ledger.of(store);
      latestOrRefuse(store, ledger);
      Undoing undoing = new Undoing(store, ledger, progress, WorkerCommand.hostName());
      Migration migration = undoing.completed();
      StoreSizes before = store.inspector().sizes();
      undoing.finish(migration);
      StoreSizes after = store.inspector().sizes();
      out()
          .println(
              String.format(
                  Locale.ROOT,
                  "migration %d is finalized: the store took %s and takes %s now",
                  migration.migrationId(),
                  HumanUnits.bytes(before.wholeStore()),
                  HumanUnits.bytes(after.wholeStore())));
      return 0;
    }
  }
}
