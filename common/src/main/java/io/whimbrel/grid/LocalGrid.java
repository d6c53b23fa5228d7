// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The grid of a single machine: coordinator and workers in one process, no network. Thread-safe.
 * Statistics stay until removed, since a worker cannot die here without its process.
 */
public final class LocalGrid implements Grid {
  private final BlockingQueue<Long> hints;
  private final ConcurrentMap<String, WorkerStats> stats = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable ControlState> control = new AtomicReference<>();
  private volatile boolean closed;

  public LocalGrid() {
    this(MemberSettings.DEFAULT_QUEUE_CAPACITY);
  }

  /** A grid whose queue holds at most {@code queueCapacity} hints. */
  public LocalGrid(int queueCapacity) {
    this.hints = new ArrayBlockingQueue<>(queueCapacity);
  }

  @Override
  public boolean offerHint(long rangeId, Duration timeout) {
    requireOpen();
    try {
      return hints.offer(rangeId, timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public OptionalLong pollHint(Duration timeout) {
    requireOpen();
    try {
      Long rangeId = hints.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return rangeId == null ? OptionalLong.empty() : OptionalLong.of(rangeId);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public int queuedHints() {
    requireOpen();
    return hints.size();
  }

  @Override
  public void clearHints() {
    requireOpen();
    hints.clear();
  }

  @Override
  public void publishStats(WorkerStats stats) {
    requireOpen();
    this.stats.put(stats.workerId(), stats);
  }

  @Override
  public List<WorkerStats> stats() {
    requireOpen();
    return stats.values().stream().sorted(Comparator.comparing(WorkerStats::workerId)).toList();
  }

  @Override
  public void removeStats(String workerId) {
    requireOpen();
    stats.remove(workerId);
  }

  @Override
  public void publishControl(ControlState state) {
    requireOpen();
    control.set(state);
  }

  @Override
  public Optional<ControlState> control() {
    requireOpen();
    return Optional.ofNullable(control.get());
  }

  /** One member and no clients: the workers are part of the process. */
  @Override
  public GridSize size() {
    requireOpen();
    return new GridSize(1, 0);
  }

  @Override
  public void close() {
    closed = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new GridUnavailableException("the grid is closed");
    }
  }

  private static GridUnavailableException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new GridUnavailableException("interrupted while waiting for the queue of hints", e);
  }
}
