// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.format.Dictionary;
import io.whimbrel.ledger.WorkerLedger.Holder;
import io.whimbrel.ledger.WorkerLedger.Role;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one worker and its lease. Started once, closed once; closing hands back what the
 * threads hold and ends the lease.
 */
public final class WorkerPool implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private final WorkerContext context;
  private final WorkerCounters counters = new WorkerCounters();
  private final WorkerControl control;
  private final LargeContents largeContents = new LargeContents();
  private final List<Thread> threads = new ArrayList<>();
  private final LeaseKeeper lease;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private @Nullable Dictionary dictionary;

  public WorkerPool(WorkerContext context) {
    this.context = context;
    this.control = new WorkerControl(WorkerHealth.ofNow());
    this.lease = new LeaseKeeper(context, counters, control);
  }

  /** Joins the migration and starts to claim ranges. */
  public void start(@Nullable Integer dictionaryId) throws SQLException {
    if (dictionaryId != null) {
      dictionary = context.store().shadowTable().loadDictionary(dictionaryId);
      if (dictionary == null) {
        throw new SQLException("dictionary " + dictionaryId + " of the migration is missing");
      }
    }
    lease.join(holder());
    for (int i = 0; i < context.threads(); i++) {
      int number = i;
      Thread thread = new Thread(() -> work(number), "worker-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    lease.start();
  }

  private Holder holder() {
    ProcessHandle self = ProcessHandle.current();
    return new Holder(
        context.workerId(),
        Role.WORKER,
        context.host(),
        self.pid(),
        self.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L),
        context.threads());
  }

  private void work(int thread) {
    LogContext.worker(context);
    try (RangeWorker worker =
        new RangeWorker(context, thread, dictionary, counters, control, largeContents)) {
      worker.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException | RuntimeException | Error e) {
      LOG.error("worker={} stopped: {}", context.workerId(), e.toString(), e);
      failure.compareAndSet(null, e);
      control.stop();
    }
  }

  /** The error that stopped a thread, if one did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** What of the environment has kept every thread from working for longer than it is borne. */
  public Optional<String> trouble() {
    return control.health().trouble();
  }

  /** How long the worker has been without a lease, since it cannot be renewed. */
  public Duration withoutLease() {
    return control.health().withoutLease();
  }

  /** Whether the pool still claims ranges. */
  public boolean isRunning() {
    return !control.isStopping() && threads.stream().anyMatch(Thread::isAlive);
  }

  /** Waits for the threads to hand back their ranges, then ends the lease. */
  @Override
  public void close() {
    control.stop();
    boolean interrupted = false;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    lease.close();
    if (dictionary != null) {
      dictionary.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
