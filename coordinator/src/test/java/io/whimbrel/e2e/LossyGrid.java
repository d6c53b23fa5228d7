// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import io.whimbrel.grid.ControlState;
import io.whimbrel.grid.Grid;
import io.whimbrel.grid.GridSize;
import io.whimbrel.grid.GridUnavailableException;
import io.whimbrel.grid.LocalGrid;
import io.whimbrel.grid.WorkerStats;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A grid that does to hints what a real one may: of each three delivered ones the first is lost
 * between the queue and the worker, the second comes twice; and now and then it is out of reach.
 */
final class LossyGrid implements Grid {

  private final LocalGrid grid = new LocalGrid();
  private final AtomicLong polls = new AtomicLong();
  final AtomicLong lost = new AtomicLong();
  final AtomicLong doubled = new AtomicLong();

  @Override
  public boolean offerHint(long rangeId, Duration timeout) {
    return grid.offerHint(rangeId, timeout);
  }

  @Override
  public OptionalLong pollHint(Duration timeout) {
    OptionalLong hint = grid.pollHint(timeout);
    if (hint.isEmpty()) {
      return hint;
    }
    long poll = polls.incrementAndGet();
    if (poll % 10 == 0) {
      throw new GridUnavailableException("out of reach");
    }
    if (poll % 3 == 0) {
      lost.incrementAndGet();
      return OptionalLong.empty();
    }
    if (poll % 3 == 1) {
      doubled.incrementAndGet();
      grid.offerHint(hint.getAsLong(), timeout);
    }
    return hint;
  }

  @Override
  public int queuedHints() {
    return grid.queuedHints();
  }

  @Override
  public void clearHints() {
    grid.clearHints();
  }

  @Override
  public void publishStats(WorkerStats stats) {
    grid.publishStats(stats);
  }

  @Override
  public List<WorkerStats> stats() {
    return grid.stats();
  }

  @Override
  public void removeStats(String workerId) {
    grid.removeStats(workerId);
  }

  @Override
  public void publishControl(ControlState state) {
    grid.publishControl(state);
  }

  @Override
  public Optional<ControlState> control() {
    return grid.control();
  }

  @Override
  public GridSize size() {
    return grid.size();
  }

  @Override
  public void close() {
    grid.close();
  }
}
