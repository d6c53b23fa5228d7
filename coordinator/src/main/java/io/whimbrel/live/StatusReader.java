// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FailureLedger.ReasonCount;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.ledger.RangeLedger.Totals;
import io.whimbrel.ledger.RangeStatistics;
import io.whimbrel.ledger.RangeStatistics.Claim;
import io.whimbrel.ledger.RangeStatistics.WorkerActivity;
import io.whimbrel.legacy.ContentProblem;
import io.whimbrel.live.LiveStatus.Bytes;
import io.whimbrel.live.LiveStatus.Held;
import io.whimbrel.live.LiveStatus.Lead;
import io.whimbrel.live.LiveStatus.Memories;
import io.whimbrel.live.LiveStatus.Problem;
import io.whimbrel.live.LiveStatus.RangeCount;
import io.whimbrel.live.LiveStatus.Source;
import io.whimbrel.live.LiveStatus.Step;
import io.whimbrel.live.LiveStatus.Worker;
import io.whimbrel.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a migration's status from the ledger; any process can, at any time, and only reads. */
public final class StatusReader {

  /** What was committed within it is the present speed. */
  private static final long RECENT_MILLIS = 30_000;

  private static final int CLAIMS_MAX = 2_000;

  /** Those that left long ago and did nothing are not worth a line. */
  private static final int WORKERS_MAX = 500;

  private final Store store;
  private final Ledger ledger;
  private final RangeStatistics statistics;

  public StatusReader(Store store, Ledger ledger) {
    this.store = store;
    this.ledger = ledger;
    this.statistics = RangeStatistics.of(store);
  }

  /** The status of one migration, in one snapshot of the ledger. */
  public LiveStatus read(long migrationId) throws SQLException {
    return store.read(connection -> read(connection, migrationId));
  }

  private LiveStatus read(Connection connection, long migrationId) throws SQLException {
    Migration migration = ledger.migrations().get(connection, migrationId);
    long now = statistics.nowMillis(connection);
    RangeKind copying = copyKind(migration);
    Totals copied = ledger.ranges().totals(connection, migrationId, copying);
    List<ReasonCount> reasons = ledger.failures().countByReason(connection, migrationId);
    Long backlog = backlog(connection, migration);
    String coordinator = migration.coordinatorId();
    Long finished = migration.finishedAtMillis();
    return new LiveStatus(
        LiveStatus.API_VERSION,
        migrationId,
        store.url().redacted(),
        migration.kind().name(),
        migration.state().name(),
        migration.paused(),
        migration.cancelled(),
        migration.postponed(),
        migration.reason(),
        Instant.ofEpochMilli(migration.createdAtMillis()).toString(),
        finished == null ? null : Instant.ofEpochMilli(finished).toString(),
        Instant.ofEpochMilli(now).toString(),
        Source.LEDGER,
        new Lead(
            coordinator,
            coordinator != null && statistics.isLive(connection, coordinator),
            migration.epoch()),
        step(connection, migration, copied, backlog, now),
        memories(migration, copied, reasons),
        bytes(copied),
        statistics.countByState(connection, migrationId).stream()
            .map(count -> new RangeCount(lower(count.kind()), lower(count.state()), count.ranges()))
            .toList(),
        workers(connection, migration, now),
        reasons.stream().map(StatusReader::problem).toList(),
        null,
        backlog,
        Act.open(migration),
        List.of());
  }

  /** The kind of range that carries memories over. */
  public static RangeKind copyKind(Migration migration) {
    return migration.kind() == MigrationKind.IN_PLACE ? RangeKind.PACK : RangeKind.COPY;
  }

  private static RangeKind stepKind(Migration migration) {
    return switch (migration.state()) {
      case CATCHING_UP -> RangeKind.DELTA;
      case VERIFYING -> RangeKind.VERIFY;
      case CREATED,
          SNAPSHOT,
          COPYING,
          CUTTING_OVER,
          COMPLETED,
          FINALIZED,
          ROLLING_BACK,
          ROLLED_BACK,
          FAILED ->
          copyKind(migration);
    };
  }

  // Changes that are logged or drained; null when nobody logs any, or the swap is over.
  private @Nullable Long backlog(Connection connection, Migration migration) throws SQLException {
    boolean logged =
        migration.kind() == MigrationKind.SHADOW_COPY && migration.state().letsWorkersWork();
    return logged
        ? store.capture().pending(connection)
            + statistics.drainedKeys(connection, migration.migrationId())
        : null;
  }

  private Step step(
      Connection connection, Migration migration, Totals copied, @Nullable Long backlog, long now)
      throws SQLException {
    RangeKind kind = stepKind(migration);
    long done =
        kind == copyKind(migration)
            ? copied.memories()
            : ledger.ranges().totals(connection, migration.migrationId(), kind).memories();
    long total =
        kind == RangeKind.DELTA ? done + (backlog == null ? 0 : backlog) : migration.memories();
    double rate = isWorking(migration) ? rate(connection, migration, kind, now) : 0;
    long left = Math.max(0, total - done);
    return new Step(
        lower(kind.name()),
        done,
        total,
        fraction(done, total),
        rate,
        rate > 0 ? Math.round(left / rate) : null);
  }

  // What was done before a pause says nothing about the speed within it.
  private static boolean isWorking(Migration migration) {
    return migration.state().letsWorkersWork() && !migration.paused();
  }

  private double rate(Connection connection, Migration migration, RangeKind kind, long now)
      throws SQLException {
    long memories =
        statistics
            .throughput(
                connection,
                migration.migrationId(),
                kind.name(),
                now - RECENT_MILLIS,
                2 * RECENT_MILLIS)
            .stream()
            .mapToLong(RangeStatistics.Stretch::memories)
            .sum();
    return memories / seconds(migration, now);
  }

  private static double seconds(Migration migration, long now) {
    long lived = Math.max(1_000, now - migration.createdAtMillis());
    return Math.min(RECENT_MILLIS, lived) / 1e3;
  }

  static @Nullable Double fraction(long done, long total) {
    return total <= 0 ? null : Math.min(1, done / (double) total);
  }

  private static Memories memories(Migration migration, Totals copied, List<ReasonCount> reasons) {
    long quarantined = count(reasons, "QUARANTINE");
    long processed = copied.memories();
    return new Memories(
        migration.memories(),
        Math.max(0, processed - quarantined),
        copied.packed(),
        Math.max(0, processed - copied.packed()),
        quarantined,
        count(reasons, "WARNING"),
        processed == 0 ? 0 : copied.packed() / (double) processed,
        processed == 0 ? 0 : Math.min(1, quarantined / (double) processed),
        MigrationSettings.fromJson(migration.settings()).maxFailureRate());
  }

  private static long count(List<ReasonCount> reasons, String severity) {
    return reasons.stream()
        .filter(reason -> reason.severity().equals(severity))
        .mapToLong(ReasonCount::memories)
        .sum();
  }

  private static Bytes bytes(Totals copied) {
    return new Bytes(
        copied.storedBytes(),
        copied.rawBytes(),
        copied.compressedBytes(),
        copied.compressedBytes() == 0
            ? null
            : copied.rawBytes() / (double) copied.compressedBytes());
  }

  private List<Worker> workers(Connection connection, Migration migration, long now)
      throws SQLException {
    Map<String, List<Held>> held = new HashMap<>();
    for (Claim claim : statistics.claims(connection, migration.migrationId(), CLAIMS_MAX)) {
      held.computeIfAbsent(claim.workerId(), id -> new ArrayList<>())
          .add(new Held(claim.rangeId(), lower(claim.kind()), claim.attempt()));
    }
    List<WorkerActivity> all =
        statistics.workers(
            connection, migration.migrationId(), stepKind(migration).name(), now - RECENT_MILLIS);
    long memories = all.stream().mapToLong(WorkerActivity::memories).sum();
    double seconds = seconds(migration, now);
    return all.stream()
        .filter(worker -> worker.live() || worker.memories() > 0)
        .limit(WORKERS_MAX)
        .map(
            worker ->
                new Worker(
                    worker.workerId(),
                    worker.host(),
                    worker.threads(),
                    worker.live(),
                    worker.ranges(),
                    worker.memories(),
                    memories == 0 ? 0 : worker.memories() / (double) memories,
                    worker.live() && isWorking(migration) ? worker.recentMemories() / seconds : 0,
                    held.getOrDefault(worker.workerId(), List.of())))
        .toList();
  }

  private static Problem problem(ReasonCount count) {
    return new Problem(
        count.severity(), count.reason(), ContentProblem.meaning(count.reason()), count.memories());
  }

  static String lower(String constant) {
    return constant.toLowerCase(Locale.ROOT);
  }
}
