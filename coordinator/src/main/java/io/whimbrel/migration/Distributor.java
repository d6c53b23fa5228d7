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

  /** The last rounds before a swap are short, and each look that comes late lengthens the next. */
  private static final long RECONCILE_DELTA_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

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
  private final @Nullable Drainer drainer;
  private final Throttle throttle;
  private final long memoriesTotal;
  private final Perseverance perseverance;
  private final RateEstimator rate = new RateEstimator(Duration.ofSeconds(10));
  private final Queue<Long> toOffer = new ArrayDeque<>();
  private final Map<String, Long> lastRanges = new HashMap<>();
  private long reconciledAt;
  private long learnedAt;
  private boolean noWorkersSaid;
  private @Nullable Migration migration;

  Distributor(
      RunContext context,
      Leadership lead,
      Steering steering,
      RangeKind kind,
      Planner planner,
      FailureGuard guard,
      @Nullable WorkerPool pool,
      @Nullable Drainer drainer,
      Throttle throttle,
      long memoriesTotal,
      Perseverance perseverance) {
    this.context = context;
    this.lead = lead;
    this.steering = steering;
    this.kind = kind;
    this.planner = planner;
    this.guard = guard;
    this.pool = pool;
    this.drainer = drainer;
    this.throttle = throttle;
    this.memoriesTotal = memoriesTotal;
    this.perseverance = perseverance;
    this.reaper = new Reaper(context.store(), context.ledger());
    this.reconciledAt = System.nanoTime() - RECONCILE_NANOS;
    this.learnedAt = System.nanoTime() - LEARN_NANOS;
  }

  /** Runs until every range of this kind is committed. */
  Totals run() throws SQLException, InterruptedException {
    while (true) {
      Totals totals = tend();
      if (planner.isDone() && totals.open() == 0) {
        return totals;
      }
    }
  }

  /**
   * Keeps the work going until the ledger is to be looked at, and looks.
   *
   * @return what the ledger says of this kind of range
   */
  Totals tend() throws SQLException, InterruptedException {
    while (true) {
      checkSteering();
      if (System.nanoTime() - learnedAt >= LEARN_NANOS) {
        learnedAt = System.nanoTime();
        learnFromWorkers();
      }
      planner.planAhead();
      toOffer.addAll(planner.takePlanned());
      if (drainer != null) {
        toOffer.addAll(drainer.takeNew());
      }
      offer();
      boolean due = System.nanoTime() - reconciledAt >= reconcileNanos();
      if (due || (planner.isDone() && planner.openRanges() == 0)) {
        reconciledAt = System.nanoTime();
        return reconcile();
      }
      TimeUnit.MILLISECONDS.sleep(planner.tickMillis());
    }
  }

  private long reconcileNanos() {
    return kind == RangeKind.DELTA ? RECONCILE_DELTA_NANOS : RECONCILE_NANOS;
  }

  /** The migration as the ledger had it at the last look. */
  Migration migration() {
    if (migration == null) {
      throw new IllegalStateException("the ledger was not looked at yet");
    }
    return migration;
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
    Migration now =
        context
            .store()
            .read(connection -> context.ledger().migrations().get(connection, lead.migrationId()));
    migration = now;
    if (now.epoch() != lead.epoch()) {
      throw Leadership.lost(now);
    }
    if (now.cancelled()) {
      throw new RollbackRequiredException("cancelled by a person");
    }
    reaper.reap(lead.migrationId());
    throttle.look();
    Totals totals =
        context
            .store()
            .read(
                connection ->
                    context.ledger().ranges().totals(connection, lead.migrationId(), kind));
    refuseBlocked(totals);
    if (drainer != null && kind == RangeKind.VERIFY) {
      drainer.drainIfDue();
    }
    reofferLostHints(totals);
    requireAbleWorkers(now);
    perseverance.wentWell();
    long failed = failedMemories();
    show(now, totals, failed);
    if ((kind == RangeKind.COPY || kind == RangeKind.PACK)
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
  private void requireAbleWorkers(Migration now) throws SQLException {
    if (now.paused()) {
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

  // The others are finished first: what a person then has to mend is known in full.
  private void refuseBlocked(Totals totals) throws SQLException {
    if (totals.blocked() > 0 && totals.open() == totals.blocked()) {
      String first =
          context
              .store()
              .read(
                  connection ->
                      context
                          .ledger()
                          .failures()
                          .blocked(connection, lead.migrationId(), 1)
                          .stream()
                          .map(failure -> "memory " + failure.key() + ": " + failure.detail())
                          .findFirst()
                          .orElse(""));
      throw new MigrationFailedException(
          totals.blocked()
              + " memories cannot be carried, not even unchanged; the first is "
              + first);
    }
  }

  private void learnFromWorkers() {
    int threads = 0;
    for (WorkerStats stats : stats()) {
      threads += stats.threads();
      Long before = lastRanges.put(stats.workerId(), stats.ranges());
      if (before == null || before < stats.ranges()) {
        planner.observe(
            stats.lastRangeMemories(),
            stats.lastRangeMillis(),
            stats.rawBytes() / Math.max(1, stats.memories()));
      }
    }
    planner.supply(threads);
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

  private void show(Migration now, Totals totals, long failed) throws SQLException {
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
                holdUp(now)));
    context.metrics().storeMemoriesProcessed(totals.memories());
    context.metrics().failureRatio(FailureGuard.rate(totals.memories(), failed));
    context.metrics().workers(workers);
    context.metrics().paused(now.paused());
    context.metrics().eta(eta);
    publish(now);
    if (workers == 0 && !noWorkersSaid) {
      noWorkersSaid = true;
      context.progress().message("no workers yet: start `whimbrel-worker`, or use --workers");
    }
  }

  private @Nullable String holdUp(Migration now) {
    if (now.paused()) {
      return "paused";
    }
    return kind == RangeKind.DELTA && now.postponed()
        ? "cut-over held back"
        : throttle.pace().reason();
  }

  private String phaseName() {
    return switch (kind) {
      case COPY -> "copy";
      case DELTA -> "catch up";
      case PACK -> "pack";
      case VERIFY -> "verify";
    };
  }

  private void publish(Migration now) {
    try {
      context
          .grid()
          .publishControl(
              new ControlState(
                  now.migrationId(),
                  now.epoch(),
                  now.state().name(),
                  now.paused(),
                  throttle.pace().reason(),
                  throttle.pace().percent()));
      context.metrics().queueDepth(context.grid().queuedHints());
    } catch (GridUnavailableException e) {
      LOG.debug("grid out of reach", e);
    }
  }
}
