// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.grid.GridUnavailableException;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.RangeLedger.StaleClaim;
import io.whimbrel.ledger.WorkerLedger.Holder;
import io.whimbrel.metrics.RenewalOutcome;
import io.whimbrel.retry.EnvironmentErrors;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the worker's lease on a connection of its own, publishes its statistics, and learns of
 * pauses and of the migration's end. The grid only makes this quicker; the ledger says it too.
 */
final class LeaseKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);
  private static final long PUBLISH_MILLIS = 500;

  /** Soon after a range is committed: the first ones tell how large the next should be. */
  private static final long PUBLISH_NEWS_MILLIS = 100;

  private final WorkerContext context;
  private final WorkerCounters counters;
  private final WorkerControl control;
  private final ScheduledExecutorService timer;
  private @Nullable Holder holder;
  private Set<StaleClaim> orphansBefore = Set.of();
  private @Nullable String reportedTrouble;
  private long publishedRanges;
  private long publishedAtNanos;

  LeaseKeeper(WorkerContext context, WorkerCounters counters, WorkerControl control) {
    this.context = context;
    this.counters = counters;
    this.control = control;
    this.publishedAtNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(PUBLISH_MILLIS);
    this.timer =
        Executors.newScheduledThreadPool(
            2,
            runnable -> {
              Thread thread =
                  new Thread(
                      () -> {
                        LogContext.worker(context);
                        runnable.run();
                      },
                      "lease-keeper");
              thread.setDaemon(true);
              return thread;
            });
  }

  void join(Holder self) throws SQLException {
    holder = self;
    long asked = System.nanoTime();
    context
        .store()
        .update(
            connection ->
                context
                    .ledger()
                    .workers()
                    .join(connection, context.migrationId(), self, context.leaseTerm()));
    control.health().leased(asked, context.leaseTerm());
    // Whoever joins a paused migration claims nothing.
    followLedger();
  }

  void start() {
    long renewMillis = Math.max(1, context.leaseTerm().toMillis() / 3);
    // Both catch what they throw: a task that throws would never run again.
    Future<?> unused =
        timer.scheduleWithFixedDelay(this::renew, renewMillis, renewMillis, TimeUnit.MILLISECONDS);
    unused =
        timer.scheduleWithFixedDelay(
            this::publishNews, 0, PUBLISH_NEWS_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void renew() {
    try {
      long asked = System.nanoTime();
      boolean renewed =
          context
              .store()
              .write(
                  connection ->
                      context
                          .ledger()
                          .workers()
                          .renew(connection, context.workerId(), context.leaseTerm()));
      context.metrics().leaseRenewal(renewed ? RenewalOutcome.RENEWED : RenewalOutcome.LOST);
      if (!renewed && holder != null && !control.isStopping()) {
        LOG.warn("lease was ended by another: joining again worker={}", context.workerId());
        join(holder);
      } else if (renewed) {
        control.health().leased(asked, context.leaseTerm());
      }
      releaseOrphans();
      followLedger();
      reportTrouble();
    } catch (SQLException | RuntimeException e) {
      // The next renewal tries again; if none succeeds the lease runs out and others take over.
      LOG.warn("lease not renewed worker={}: {}", context.workerId(), e.getMessage());
      EnvironmentErrors.cause(e).ifPresent(context.metrics()::retry);
    }
  }

  // A claim whose answer was lost, or whose hand-back failed, is held by no thread; this worker's
  // lease would keep it from everybody else. Seen twice, so that a claim just made is not meant.
  private void releaseOrphans() throws SQLException {
    Set<StaleClaim> orphans = new HashSet<>();
    for (StaleClaim claim :
        context
            .store()
            .read(
                connection ->
                    context
                        .ledger()
                        .ranges()
                        .claimsOf(connection, context.migrationId(), context.workerId()))) {
      if (!counters.currentRanges.contains(claim.rangeId())) {
        orphans.add(claim);
      }
    }
    for (StaleClaim claim : orphans) {
      if (orphansBefore.contains(claim)) {
        LOG.warn("handing back an orphaned range={} worker={}", claim.rangeId(), claim.workerId());
        context.store().update(connection -> context.ledger().ranges().reap(connection, claim));
      }
    }
    orphansBefore = orphans;
  }

  private void followLedger() throws SQLException {
    Optional<Migration> migration =
        context
            .store()
            .read(
                connection ->
                    context.ledger().migrations().find(connection, context.migrationId()));
    if (migration.isEmpty() || migration.get().state().isOverForWorkers()) {
      control.stop();
    } else {
      control.setPaused(migration.get().paused());
    }
  }

  // The coordinator learns here that a worker lives and yet gets nowhere.
  private void reportTrouble() throws SQLException {
    String trouble = control.health().trouble().orElse(null);
    if (!Objects.equals(trouble, reportedTrouble)) {
      context
          .store()
          .update(
              connection ->
                  context.ledger().workers().report(connection, context.workerId(), trouble));
      reportedTrouble = trouble;
    }
  }

  private void publishNews() {
    long ranges = counters.ranges.sum();
    long now = System.nanoTime();
    if (ranges != publishedRanges
        || now - publishedAtNanos >= TimeUnit.MILLISECONDS.toNanos(PUBLISH_MILLIS)) {
      publishedRanges = ranges;
      publishedAtNanos = now;
      publish();
    }
  }

  private void publish() {
    try {
      context
          .grid()
          .publishStats(
              counters.snapshot(
                  context.workerId(),
                  context.migrationId(),
                  context.host(),
                  context.threads(),
                  context.clock().millis()));
      context
          .grid()
          .control()
          .filter(state -> state.migrationId() == context.migrationId())
          .ifPresent(
              state -> {
                control.setPaused(state.paused());
                control.setPacePercent(state.pacePercent());
              });
    } catch (GridUnavailableException e) {
      LOG.debug("grid out of reach: statistics not published worker={}", context.workerId());
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    publish();
    try {
      context
          .store()
          .update(connection -> context.ledger().workers().leave(connection, context.workerId()));
    } catch (SQLException | RuntimeException e) {
      LOG.warn("lease not ended, it runs out by itself: {}", e.getMessage());
    }
  }
}
