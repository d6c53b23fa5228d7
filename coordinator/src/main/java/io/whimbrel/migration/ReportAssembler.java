// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FailureLedger;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.ledger.RangeHistory.WorkerShare;
import io.whimbrel.ledger.RangeLedger.Totals;
import io.whimbrel.ledger.WorkerLedger.WorkerFacts;
import io.whimbrel.report.Failures;
import io.whimbrel.report.MigrationReport;
import io.whimbrel.report.MigrationReport.Backup;
import io.whimbrel.report.MigrationReport.Bytes;
import io.whimbrel.report.MigrationReport.Memories;
import io.whimbrel.report.MigrationReport.Outcome;
import io.whimbrel.report.MigrationReport.Ranges;
import io.whimbrel.report.MigrationReport.Settings;
import io.whimbrel.report.MigrationReport.Throughput;
import io.whimbrel.report.MigrationReport.Worker;
import io.whimbrel.report.ReportBuilder;
import io.whimbrel.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Puts a report together from what the ledger holds; any process can, at any time. */
public final class ReportAssembler {

  private final Store store;
  private final Ledger ledger;
  private final Clock clock;

  public ReportAssembler(Store store, Ledger ledger, Clock clock) {
    this.store = store;
    this.ledger = ledger;
    this.clock = clock;
  }

  public MigrationReport assemble(Migration migration, int threads) throws SQLException {
    long wholeAfter = store.inspector().sizes().wholeStore();
    return store.read(connection -> assemble(connection, migration, threads, wholeAfter));
  }

  private MigrationReport assemble(
      Connection connection, Migration migration, int threads, long wholeAfter)
      throws SQLException {
    Facts facts = Facts.fromJson(migration.facts());
    MigrationSettings settings = MigrationSettings.fromJson(migration.settings());
    RangeKind kind = migration.kind() == MigrationKind.IN_PLACE ? RangeKind.PACK : RangeKind.COPY;
    Totals totals = ledger.ranges().totals(connection, migration.migrationId(), kind);
    List<FailureLedger.Failure> failures =
        ledger.failures().list(connection, migration.migrationId(), Integer.MAX_VALUE);
    long quarantined = failures.stream().filter(f -> f.severity().equals("QUARANTINE")).count();
    long warned = failures.stream().filter(f -> f.severity().equals("WARNING")).count();
    Integer batchSize = settings.batchSize();
    ReportBuilder report =
        new ReportBuilder(
                Long.toString(migration.migrationId()),
                new MigrationReport.Store(
                    store.url().redacted(),
                    store.url().kind().name(),
                    facts.layout == null ? "" : facts.layout),
                batchSize == null
                    ? Settings.adaptive(settings.level(), threads)
                    : Settings.fixed(batchSize, settings.level(), threads),
                Instant.ofEpochMilli(migration.createdAtMillis()))
            .memories(
                Memories.of(
                    migration.memories(),
                    totals.memories() - quarantined,
                    totals.packed(),
                    totals.memories() - totals.packed(),
                    quarantined,
                    warned))
            .bytes(
                Bytes.of(
                    totals.storedBytes(),
                    totals.rawBytes(),
                    totals.compressedBytes(),
                    facts.wholeStoreBytesBefore,
                    wholeAfter,
                    facts.dictionaryBytes))
            .throughput(
                Throughput.of(
                    totals.memories(),
                    totals.rawBytes(),
                    facts.phaseMillis.getOrDefault(MigrationState.COPYING.name(), 0L)))
            .ranges(ranges(connection, migration, kind, totals))
            .rangeDurations(ledger.history().durations(connection, migration.migrationId(), kind))
            .course(CourseReader.read(store, connection, migration, kind))
            .workers(workers(connection, migration, kind))
            .failures(Failures.collect(failures.stream().map(ReportAssembler::failure).iterator()))
            .maxFailureRate(settings.maxFailureRate());
    facts.phaseMillis.forEach((phase, millis) -> report.phase(phase, Duration.ofMillis(millis)));
    if (facts.rollbackProof != null) {
      report.note("Before the copy was dropped, " + facts.rollbackProof + ".");
    }
    if (facts.backup != null && facts.backup.kind().equals("none")) {
      report.note(withoutBackup(migration));
    } else if (facts.backup != null) {
      report.backup(
          new Backup(
              facts.backup.kind(),
              facts.backup.location(),
              facts.backup.sizeBytes(),
              true,
              facts.backup.check()));
    }
    return finish(report, migration, totals, quarantined);
  }

  private static String withoutBackup(Migration migration) {
    boolean hasLegacyTable =
        migration.state() == MigrationState.COMPLETED
            && migration.kind() == MigrationKind.SHADOW_COPY;
    return hasLegacyTable
        ? "No backup was taken; until `whimbrel finalize` the kept legacy table is the way back."
        : "No backup was taken.";
  }

  private MigrationReport finish(
      ReportBuilder report, Migration migration, Totals totals, long quarantined) {
    Long finished = migration.finishedAtMillis();
    Instant finishedAt = finished == null ? clock.instant() : Instant.ofEpochMilli(finished);
    String reason = migration.reason() == null ? "" : migration.reason();
    return switch (migration.state()) {
      case COMPLETED, FINALIZED -> {
        if (migration.kind() == MigrationKind.SHADOW_COPY) {
          report
              .note("The legacy table is kept, and the store larger, until `whimbrel finalize`.")
              .nextStep("Check the application, then run `whimbrel finalize` to give space back.")
              .nextStep("To go back, run `whimbrel rollback`; what was written since is kept.");
        }
        yield report.finish(
            Outcome.COMPLETED,
            String.format(
                Locale.ROOT,
                "%,d memories were migrated; %,d could not be decoded and are kept as they were.",
                totals.memories() - quarantined,
                quarantined),
            finishedAt);
      }
      case ROLLED_BACK, ROLLING_BACK ->
          report
              .nextStep("The store is as it was before; mend the cause, then run `migrate` again.")
              .finish(
                  migration.cancelled() ? Outcome.CANCELLED : Outcome.ROLLED_BACK,
                  "Everything was rolled back: " + reason + ".",
                  finishedAt);
      default ->
          report
              .nextStep("Run `whimbrel rollback` to remove the copy, then `migrate` again.")
              .finish(
                  Outcome.FAILED,
                  "The migration stopped and the store serves as before: " + reason + ".",
                  finishedAt);
    };
  }

  private static Failures.Failure failure(FailureLedger.Failure failure) {
    return new Failures.Failure(
        failure.key(),
        switch (failure.severity()) {
          case FailureLedger.BLOCKED -> Failures.Severity.BLOCKED;
          case "QUARANTINE" -> Failures.Severity.QUARANTINED;
          default -> Failures.Severity.WARNING;
        },
        failure.reason(),
        failure.detail());
  }

  private Ranges ranges(Connection connection, Migration migration, RangeKind kind, Totals totals)
      throws SQLException {
    List<Long> millis = ledger.history().durations(connection, migration.migrationId(), kind);
    return new Ranges(
        totals.done(),
        totals.retried(),
        percentile(millis, 50),
        percentile(millis, 95),
        percentile(millis, 99));
  }

  private static long percentile(List<Long> sorted, int percent) {
    return sorted.isEmpty()
        ? 0
        : sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }

  private List<Worker> workers(Connection connection, Migration migration, RangeKind kind)
      throws SQLException {
    List<Worker> workers = new ArrayList<>();
    for (WorkerShare share :
        ledger.history().workerShares(connection, migration.migrationId(), kind)) {
      WorkerFacts worker =
          ledger
              .workers()
              .facts(connection, share.workerId())
              .orElse(new WorkerFacts("unknown", 0));
      workers.add(
          new Worker(
              share.workerId(),
              worker.host(),
              worker.threads(),
              share.ranges(),
              share.memories(),
              share.rawBytes(),
              0));
    }
    return Worker.withShares(workers);
  }
}
