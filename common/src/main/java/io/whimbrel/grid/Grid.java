// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Distributes hints and shows numbers; the ledger decides. Thread-safe.
 *
 * <p>Every call ends within its own time-out plus the grid's call time-out. An answer "empty" or
 * "full" is the grid's; a grid that is out of reach, closed or silent makes any call throw {@link
 * GridUnavailableException}, after which the outcome of that call is unknown. An interrupted call
 * throws the same and leaves the thread interrupted.
 */
public interface Grid extends AutoCloseable {
  /**
   * Puts a range id at the end of the queue.
   *
   * @return false when the queue stayed full for the whole time-out
   */
  boolean offerHint(long rangeId, Duration timeout);

  /** Takes the next range id, or nothing when the queue stayed empty for the whole time-out. */
  OptionalLong pollHint(Duration timeout);

  /** How many hints wait in the queue. */
  int queuedHints();

  /** Forgets all hints; the ledger still knows the ranges. */
  void clearHints();

  /**
   * Replaces the entry of {@code stats.workerId()}; in a cluster it disappears unless it is
   * published again in time.
   */
  void publishStats(WorkerStats stats);

  /** One entry a worker, ordered by worker id. */
  List<WorkerStats> stats();

  /** Removes a worker's entry at once, for one that leaves in order. */
  void removeStats(String workerId);

  /**
   * Replaces the control state, last writer wins: readers compare epochs with the ledger before
   * they rely on it.
   */
  void publishControl(ControlState state);

  /** The control state last published, nothing when none was or the grid has lost it. */
  Optional<ControlState> control();

  /** Who is connected now. */
  GridSize size();

  /** Leaves the grid in order; calls under way fail. May be called more than once. */
  @Override
  void close();
}
