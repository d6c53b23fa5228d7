// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.grid.LocalGrid;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.metrics.Role;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.migration.MigrateOptions;
import io.whimbrel.migration.MigrateOptions.BackupMode;
import io.whimbrel.migration.MigrationRun;
import io.whimbrel.migration.RunContext;
import io.whimbrel.migration.Steering;
import io.whimbrel.migration.Undoing;
import io.whimbrel.progress.ProgressDisplay;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.worker.WorkerCommand;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Undoes a migration: before its cut-over by dropping the copy, after it by swapping back. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Undoes a migration. After a cut-over the legacy table takes its place again, with what",
      "was written since; before it the copy is dropped."
    })
final class RollbackCommand extends StoreCommand implements Callable<Integer> {

  @Option(
      names = "--migration",
      description =
          "The migration to undo (default: the unfinished one, else the newest swap, else the"
              + " newest packing in place)")
  @Nullable Long migrationId;

  @Override
  public Integer call() throws SQLException, InterruptedException {
    try (Store store = open();
        ProgressDisplay progress = progress()) {
      Ledger ledger = Ledger.of(store);
      Undoing undoing = new Undoing(store, ledger, progress, WorkerCommand.hostName());
      Migration newest = latestOrRefuse(store, ledger);
      Migration migration = migrationId == null ? chosen(newest, undoing) : named(store, ledger);
      if (migration.state() == MigrationState.COMPLETED) {
        undoing.begin(migration);
        long id = migration.migrationId();
        migration = store.read(connection -> ledger.migrations().get(connection, id));
      } else if (migration.state().isTerminal()) {
        throw new StoreRefusedException(
            String.format(
                Locale.ROOT,
                "migration %d is %s: there is nothing to roll back",
                migration.migrationId(),
                migration.state()));
      }
      if (!migration.state().isTerminal()) {
        undoUnfinished(store, ledger, progress, migration);
      }
      out().println("migration " + migration.migrationId() + " is rolled back");
      return 0;
    }
  }

  private static Migration chosen(Migration newest, Undoing undoing) throws SQLException {
    return newest.state().isTerminal() ? undoing.completed() : newest;
  }

  private Migration named(Store store, Ledger ledger) throws SQLException {
    Long id = migrationId;
    if (id == null) {
      throw new IllegalStateException("asked for a named migration without a name");
    }
    return store
        .read(connection -> ledger.migrations().find(connection, id))
        .orElseThrow(() -> new StoreRefusedException("there is no migration " + id));
  }

  private static void undoUnfinished(
      Store store, Ledger ledger, ProgressDisplay progress, Migration migration)
      throws SQLException, InterruptedException {
    try (WhimbrelMetrics metrics = new WhimbrelMetrics(EnumSet.of(Role.COORDINATOR));
        LocalGrid grid = new LocalGrid();
        MigrationRun run =
            MigrationRun.resume(
                new RunContext(
                    store,
                    ledger,
                    grid,
                    metrics,
                    progress,
                    Clock.systemUTC(),
                    WorkerCommand.hostName()),
                new MigrateOptions(
                    MigrationSettings.fromJson(migration.settings()),
                    0,
                    false,
                    BackupMode.NONE,
                    Path.of("."),
                    Path.of(".")),
                new Steering(),
                migration)) {
      run.rollBack("rolled back by a person");
    }
  }
}
