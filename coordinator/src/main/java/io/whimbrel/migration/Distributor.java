// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.grid.ControlState;
import io.whimbrel.grid.GridUnavailableException;
import io.whimbrel.grid.WorkerStats;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FailureLedger.ReasonCount;
import io.whimbrel.ledger.LedgerDialect;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.RangeLedger.Totals;
import io.whimbrel.progress.Progress;
import io.whimbrel.progress.RateEstimator;
import io.whimbrel.worker.WorkerPool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands ranges out until all of one kind are committed: plans ahead, offers hints, gives stale
 * claims to others, watches the failure rate, and tells people how far it is. The ledger alone says
 * when it is done.
 */
final class Distributor {

  private static final Logger LOG = LoggerFactory.getLogger(Distributor.class);
  private static final long RECONCILE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LEARN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final Duration OFFER_TIMEOUT = Duration.ofMillis(200);

  private final RunContext context;
  private final Leadership lead;
  private final Steering steering;
  private final RangeKind kind;
  private final Planner planner;
  private final FailureGuard guard;
  private final Reaper reaper;
  private final @Nullable WorkerPool pool;
  private final long memoriesTotal;
  private final Perseverance perseverance;
  private final RateEstimator rate = new RateEstimator(Duration.ofSeconds(10));
  private final Queue<Long> toOffer = new ArrayDeque<>();
  private final Map<String, Long> lastRanges = new HashMap<>();
  private long reconciledAt;
  private long learnedAt;
  private boolean noWorkersSaid;

  Distributor(
      RunContext context,
      Leadership lead,
      Steering steering,
      RangeKind kind,
      Planner planner,
      FailureGuard guard,
      @Nullable WorkerPool pool,
      long memoriesTotal,
      Perseverance perseverance) {
    this.context = context;
    this.lead = lead;
    this.steering = steering;
    this.kind = kind;
    this.planner = planner;
    this.guard = guard;
    this.pool = pool;
    this.memoriesTotal = memoriesTotal;
    this.perseverance = perseverance;
    this.reaper = new Reaper(context.store(), context.ledger());
  }

  /** Runs until every range of this kind is committed. */
  Totals run() throws SQLException, InterruptedException {
    reconciledAt = System.nanoTime() - RECONCILE_NANOS;
    learnedAt = System.nanoTime() - LEARN_NANOS;
    while (true) {
      checkSteering();
      if (System.nanoTime() - learnedAt >= LEARN_NANOS) {
        learnedAt = System.nanoTime();
        learnFromWorkers();
      }
      planner.planAhead();
      toOffer.addAll(planner.takePlanned());
      offer();
      if (System.nanoTime() - reconciledAt >= RECONCILE_NANOS) {
        reconciledAt = System.nanoTime();
        Totals totals = reconcile();
        if (planner.isDone() && totals.open() == 0) {
          return totals;
        }
      } else if (planner.isDone() && planner.openRanges() == 0) {
        reconciledAt = System.nanoTime() - RECONCILE_NANOS;
        continue;
      }
      TimeUnit.MILLISECONDS.sleep(planner.tickMillis());
    }
  }

  private void checkSteering() {
    if (steering.isStopped()) {
      throw new RunInterruptedException("stopped");
    }
    if (pool != null && pool.failure().isPresent()) {
      throw new MigrationFailedException(
          "a worker stopped: " + pool.failure().get().getMessage(), pool.failure().get());
    }
  }

  private void offer() {
    while (!toOffer.isEmpty()) {
      try {
        if (!context.grid().offerHint(toOffer.peek(), OFFER_TIMEOUT)) {
          return;
        }
        toOffer.remove();
      } catch (GridUnavailableException e) {
        LOG.warn("grid out of reach: workers claim from the ledger: {}", e.getMessage());
        toOffer.clear();
        return;
      }
    }
  }

  private Totals reconcile() throws SQLException {
    Migration migration =
        context
            .store()
            .read(connection -> context.ledger().migrations().get(connection, lead.migrationId()));
    if (migration.epoch() != lead.epoch()) {
      throw Leadership.lost(migration);
    }
    if (migration.cancelled()) {
      throw new RollbackRequiredException("cancelled by a person");
    }
    reaper.reap(lead.migrationId());
    Totals totals =
        context
            .store()
            .read(
                connection ->
                    context.ledger().ranges().totals(connection, lead.migrationId(), kind));
    reofferLostHints(totals);
    requireAbleWorkers(migration);
    perseverance.wentWell();
    long failed = failedMemories();
    show(migration, totals, failed);
    if (kind != RangeKind.VERIFY
        && guard.trips(totals.memories(), failed, planner.isDone() && totals.open() == 0)) {
      throw new RollbackRequiredException(
          String.format(
              Locale.ROOT,
              "%d of %d memories cannot be decoded, more than the limit allows",
              failed,
              totals.memories()));
    }
    return totals;
  }

  // Workers never give up by themselves: while one of them gets on, all is well.
  private void requireAbleWorkers(Migration migration) throws SQLException {
    if (migration.paused()) {
      return;
    }
    Optional<String> trouble = pool == null ? Optional.empty() : pool.trouble();
    if (trouble.isEmpty() || context.store().dialect() == LedgerDialect.POSTGRESQL) {
      trouble =
          context.store().read(c -> context.ledger().workers().troubleOfAll(c, lead.migrationId()));
    }
    if (trouble.isPresent()) {
      throw new PauseRequiredException("no worker gets on: " + trouble.get());
    }
  }

  private void learnFromWorkers() {
    for (WorkerStats stats : stats()) {
      Long before = lastRanges.put(stats.workerId(), stats.ranges());
      if (before == null || before < stats.ranges()) {
        planner.observe(
            stats.lastRangeMemories(),
            stats.lastRangeMillis(),
            stats.rawBytes() / Math.max(1, stats.memories()));
      }
    }
  }

  private List<WorkerStats> stats() {
    try {
      return context.grid().stats();
    } catch (GridUnavailableException e) {
      return List.of();
    }
  }

  // A hint can vanish between queue and claim; a pending range without a hint would wait for the
  // workers' own look into the ledger.
  private void reofferLostHints(Totals totals) throws SQLException {
    if (totals.open() == 0 || !toOffer.isEmpty()) {
      return;
    }
    try {
      if (context.grid().queuedHints() == 0) {
        toOffer.addAll(
            context
                .store()
                .read(
                    connection ->
                        context.ledger().ranges().pending(connection, lead.migrationId(), 500)));
      }
    } catch (GridUnavailableException e) {
      LOG.debug("grid out of reach", e);
    }
  }

  private long failedMemories() throws SQLException {
    return context
        .store()
        .read(
            connection ->
                context.ledger().failures().countByReason(connection, lead.migrationId()).stream()
                    .filter(count -> count.severity().equals("QUARANTINE"))
                    .mapToLong(ReasonCount::memories)
                    .sum());
  }

  private void show(Migration migration, Totals totals, long failed) throws SQLException {
    rate.sample(System.nanoTime(), totals.memories());
    int workers =
        context
            .store()
            .read(connection -> context.ledger().workers().live(connection, lead.migrationId()));
    Duration eta = rate.eta(Math.max(0, memoriesTotal - totals.memories()));
    context
        .progress()
        .update(
            new Progress(
                phaseName(),
                totals.memories(),
                memoriesTotal,
                failed,
                rate.perSecond(),
                eta,
                workers,
                migration.paused() ? "paused" : null));
    context.metrics().storeMemoriesProcessed(totals.memories());
    context.metrics().failureRatio(FailureGuard.rate(totals.memories(), failed));
    context.metrics().workers(workers);
    context.metrics().paused(migration.paused());
    context.metrics().eta(eta);
    publish(migration);
    if (workers == 0 && !noWorkersSaid) {
      noWorkersSaid = true;
      context.progress().message("no workers yet: start `whimbrel-worker`, or use --workers");
    }
  }

  private String phaseName() {
    return switch (kind) {
      case COPY -> "copy";
      case PACK -> "pack";
      case VERIFY -> "verify";
    };
  }

  private void publish(Migration migration) {
    try {
      context
          .grid()
          .publishControl(
              new ControlState(
                  migration.migrationId(),
                  migration.epoch(),
                  migration.state().name(),
                  migration.paused(),
                  null));
      context.metrics().queueDepth(context.grid().queuedHints());
    } catch (GridUnavailableException e) {
      LOG.debug("grid out of reach", e);
    }
  }
}
