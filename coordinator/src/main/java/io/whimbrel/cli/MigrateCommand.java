// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.migration.DiskRoom;
import io.whimbrel.migration.DryRun;
import io.whimbrel.migration.LeadLostException;
import io.whimbrel.migration.MigrateOptions;
import io.whimbrel.migration.MigrateOptions.BackupMode;
import io.whimbrel.migration.MigrationFailedException;
import io.whimbrel.migration.MigrationRun;
import io.whimbrel.migration.ReportAssembler;
import io.whimbrel.migration.RunInterruptedException;
import io.whimbrel.migration.Standby;
import io.whimbrel.migration.StoreAwayException;
import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.report.MigrationReport;
import io.whimbrel.report.ReportWriter;
import io.whimbrel.report.SummaryTable;
import io.whimbrel.sqlite.SqliteStore;
import io.whimbrel.store.Inspection;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreKind;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreUrl;
import io.whimbrel.worker.CommandErrors;
import io.whimbrel.worker.LogFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Migrates a store, or goes on with a migration that was interrupted. */
@Command(
    name = "migrate",
    mixinStandardHelpOptions = true,
    description = {
      "Migrates a store: inspect, back up, copy, verify, swap, report.",
      "Run it again after an interruption and it goes on where it stopped."
    })
final class MigrateCommand extends StoreCommand implements Callable<Integer> {

  @Option(
      names = "--batch-size",
      description = "Memories a range; without it the size follows the time a range takes")
  @Nullable Integer batchSize;

  @Option(names = "--dry-run", description = "Do all but write, and predict the outcome")
  boolean dryRun;

  @Option(
      names = "--workers",
      description = "Worker threads in this process (default: one a processor; 0: none)")
  @Nullable Integer workers;

  @Option(names = "--level", description = "zstd level, 1 to 19 (default ${DEFAULT-VALUE})")
  int level = MigrationSettings.LEVEL_DEFAULT;

  @Mixin FailureOptions failures = new FailureOptions();

  @Option(names = "--backup", description = "auto, none or restore-point (default: auto)")
  @Nullable String backup;

  @Option(names = "--backup-dir", description = "Where backups go (default ${DEFAULT-VALUE})")
  Path backupDir = Path.of("whimbrel-backups");

  @Option(names = "--report-dir", description = "Where reports go (default ${DEFAULT-VALUE})")
  Path reportDir = Path.of("whimbrel-reports");

  @Option(
      names = "--postpone-cut-over",
      description = "Hold before the swap, and keep up with changes, until `whimbrel cut-over`")
  boolean postponeCutOver;

  @Option(names = "--bind", description = "HOST:PORT for workers of other processes to join")
  @Nullable String bind;

  @Option(names = "--members", description = "HOST:PORT of other coordinators, by commas")
  @Nullable String members;

  @Option(
      names = "--standby",
      description = "Wait beside the coordinator that leads, and go on when it is gone")
  boolean standby;

  @Mixin HttpOptions http = new HttpOptions();

  @Mixin LogFormat logFormat = new LogFormat();

  /** How long a standby waits for a migration to begin. */
  private static final Duration STANDBY_PATIENCE = Duration.ofMinutes(10);

  private final Clock clock = Clock.systemUTC();

  /** Whoever led a migration reports on it, and nobody else. */
  private boolean reports = true;

  @Override
  public Integer call() throws SQLException, IOException, InterruptedException {
    MigrateOptions options = options();
    StoreUrl url = url();
    if (url.kind() == StoreKind.SQLITE && bind != null) {
      throw new StoreRefusedException(
          "a SQLite store is migrated by one process: leave out --bind, and use --workers N");
    }
    if (standby && (bind == null || dryRun)) {
      throw new StoreRefusedException(
          "--standby needs --bind, --members and a PostgreSQL store that another process migrates");
    }
    if (dryRun) {
      return dryRun(options);
    }
    // Each worker thread reads on one connection and writes on another.
    int connections = PostgresStore.CONNECTIONS_MAX + 2 * options.workers();
    try (Store store = open(url, SqliteStore.Access.READ_WRITE, connections)) {
      Ledger ledger = Ledger.of(store);
      if (standby) {
        return standBy(store, ledger, options);
      }
      Optional<Migration> latest = latest(store, ledger);
      boolean unfinished =
          latest.isPresent() && (!latest.get().state().isTerminal() || !isSettled(latest.get()));
      if (latest.isPresent() && latest.get().state() == MigrationState.FAILED) {
        throw new MigrationFailedException(
            String.format(
                Locale.ROOT,
                "migration %d needs a person: %s; the store serves as before; run `whimbrel"
                    + " rollback`, then `whimbrel migrate` again",
                latest.get().migrationId(),
                latest.get().reason()));
      }
      return unfinished
          ? resume(store, ledger, options, latest.get())
          : begin(store, ledger, options);
    }
  }

  private static boolean isSettled(Migration migration) {
    return migration.state() != MigrationState.COMPLETED
        || migration.facts().contains("\"settled\":true");
  }

  private MigrateOptions options() {
    if (batchSize != null && batchSize < 1) {
      throw new StoreRefusedException("--batch-size must be at least 1, not " + batchSize);
    }
    if (level < 1 || level > 19) {
      throw new StoreRefusedException("--level must be 1 to 19, not " + level);
    }
    failures.check();
    int threads = workers == null ? Runtime.getRuntime().availableProcessors() : workers;
    if (threads < 0 || threads > 256) {
      throw new StoreRefusedException("--workers must be 0 to 256, not " + threads);
    }
    if (threads == 0 && bind == null) {
      throw new StoreRefusedException(
          "--workers 0 needs --bind, or nobody does the work: other processes join there");
    }
    return new MigrateOptions(
        new MigrationSettings(
            batchSize,
            level,
            failures.maxFailureRate,
            MigrationSettings.SEGMENT_BYTES_DEFAULT,
            MigrationSettings.INLINE_BYTES_MAX_DEFAULT,
            failures.maxUnpackedSize),
        threads,
        postponeCutOver,
        backupMode(),
        backupDir,
        reportDir);
  }

  private BackupMode backupMode() {
    String mode = backup == null ? "auto" : backup;
    return switch (mode) {
      case "auto" -> BackupMode.AUTO;
      case "none" -> BackupMode.NONE;
      case "restore-point" -> BackupMode.RESTORE_POINT;
      default ->
          throw new StoreRefusedException(
              "--backup must be auto, none or restore-point, not " + mode);
    };
  }

  private int dryRun(MigrateOptions options) throws SQLException, IOException {
    try (Store store = openReadOnly()) {
      Inspection inspection = store.inspector().inspect();
      MigrationReport report = new DryRun(store, options, clock).run(inspection);
      ReportWriter.Written written = ReportWriter.write(report, options.reportDir());
      out().println(SummaryTable.render(report, written));
      return 0;
    }
  }

  private int begin(Store store, Ledger ledger, MigrateOptions options)
      throws SQLException, IOException, InterruptedException {
    Inspection inspection = store.inspector().inspect();
    boolean inPlace = inspection.layout().hasPointers();
    if (inPlace
        && store.snapshotReader().inlineMemories(options.settings().inlineBytesMax()) == 0) {
      out().println("nothing to do: every memory of this store is migrated");
      return 0;
    }
    MigrateOptions chosen = inPlace && backup == null ? withoutBackup(options) : options;
    if (chosen.backup() == BackupMode.AUTO) {
      store.backup().checkPossible();
    }
    if (chosen.backup() == BackupMode.RESTORE_POINT && store.url().kind() == StoreKind.SQLITE) {
      throw new StoreRefusedException(
          "a restore point needs PostgreSQL: use --backup auto or none");
    }
    new DiskRoom(inspection, chosen).require(store.url().kind());
    if (!inPlace) {
      store.shadowTable().rehearse();
    }
    return lead(
        store,
        ledger,
        chosen,
        (context, steering, surroundings) -> {
          try (MigrationRun run =
              MigrationRun.begin(
                  context,
                  chosen,
                  steering,
                  inPlace ? MigrationKind.IN_PLACE : MigrationKind.SHADOW_COPY,
                  inspection)) {
            return surroundings.around(run);
          }
        });
  }

  private static MigrateOptions withoutBackup(MigrateOptions options) {
    return new MigrateOptions(
        options.settings(),
        options.workers(),
        options.postponeCutOver(),
        BackupMode.NONE,
        options.backupDir(),
        options.reportDir());
  }

  private int resume(Store store, Ledger ledger, MigrateOptions options, Migration migration)
      throws SQLException, IOException, InterruptedException {
    return lead(
        store,
        ledger,
        options,
        (context, steering, surroundings) -> {
          context
              .progress()
              .message(
                  String.format(
                      Locale.ROOT,
                      "going on with migration %d in state %s",
                      migration.migrationId(),
                      migration.state()));
          try (MigrationRun run = MigrationRun.resume(context, options, steering, migration)) {
            return surroundings.around(run);
          }
        });
  }

  private int standBy(Store store, Ledger ledger, MigrateOptions options)
      throws SQLException, IOException, InterruptedException {
    return lead(
        store,
        ledger,
        options,
        (context, steering, surroundings) -> {
          Standby.End end =
              new Standby(context, options, steering, surroundings, STANDBY_PATIENCE).run();
          reports = end.ledHere();
          return end.migration();
        });
  }

  private int lead(
      Store store, Ledger ledger, MigrateOptions options, CoordinatorProcess.Leading leading)
      throws SQLException, IOException, InterruptedException {
    Migration end;
    try {
      end = new CoordinatorProcess(bind, members, http, clock).run(store, ledger, leading);
    } catch (RunInterruptedException e) {
      out()
          .println(
              e.getMessage() + "; run the same command to go on, or `whimbrel rollback` to undo");
      return CommandErrors.STOPPED;
    } catch (StoreAwayException e) {
      error(
          e.getMessage()
              + "; nothing is half done: when it is back, `whimbrel migrate` continues where it"
              + " stopped");
      return CommandErrors.STOPPED;
    } catch (LeadLostException e) {
      out().println(e.getMessage() + "; it goes on there, and there is nothing to do here");
      return CommandErrors.STOPPED;
    } catch (MigrationFailedException e) {
      Optional<Migration> failed =
          latest(store, ledger).filter(migration -> migration.state() == MigrationState.FAILED);
      failed.ifPresent(migration -> report(store, ledger, options, migration));
      throw new MigrationFailedException(
          e.getMessage()
              + "; not cut over, nothing is lost: the store serves as before; run `whimbrel"
              + (failed.isPresent()
                  ? " rollback`, then `whimbrel migrate` again"
                  : " migrate` again to go on, or `whimbrel rollback` to undo"),
          e);
    }
    return finish(store, ledger, options, end);
  }

  private int finish(Store store, Ledger ledger, MigrateOptions options, Migration end) {
    if (reports) {
      report(store, ledger, options, end);
    } else {
      out()
          .printf(
              Locale.ROOT,
              "migration %d is %s, led by %s%s%n",
              end.migrationId(),
              end.state(),
              end.coordinatorId(),
              end.reason() == null ? "" : ": " + end.reason());
    }
    return switch (end.state()) {
      case COMPLETED, FINALIZED -> 0;
      case ROLLED_BACK -> end.cancelled() ? CommandErrors.STOPPED : 1;
      default -> CommandErrors.FAILED;
    };
  }

  private void report(Store store, Ledger ledger, MigrateOptions options, Migration end) {
    try {
      MigrationReport report =
          new ReportAssembler(store, ledger, clock).assemble(end, options.workers());
      ReportWriter.Written written = ReportWriter.write(report, options.reportDir());
      out().println(SummaryTable.render(report, written));
      out().flush();
    } catch (SQLException | IOException e) {
      // The migration itself has ended as its state says; only its report is missing.
      out().println("the report could not be written: " + e.getMessage());
    }
  }
}
