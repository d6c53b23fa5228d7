// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.metrics.RetryCause;
import io.whimbrel.retry.Backoff;
import io.whimbrel.retry.EnvironmentErrors;
import io.whimbrel.retry.Trouble;
import io.whimbrel.store.LockNotAvailableException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a coordinator's work through trouble of the environment: at first with growing waits;
 * then, while the ledger can be written, by a pause with its reason, which a person ends; else by
 * leaving. Not thread-safe.
 */
final class Perseverance {

  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(15), 30);

  private final RunContext context;
  private final Steering steering;
  private final @Nullable Pauses pauses;
  private final Trouble trouble = Trouble.of(BACKOFF);

  /** What can be done again. */
  interface Work<T> {
    T run() throws SQLException, InterruptedException;
  }

  /**
   * @param pauses how to pause; null for one that does not lead
   */
  Perseverance(RunContext context, Steering steering, @Nullable Pauses pauses) {
    this.context = context;
    this.steering = steering;
    this.pauses = pauses;
  }

  /**
   * Does the work, however often it takes.
   *
   * @throws StoreAwayException when the database is away for longer than is borne
   * @throws SQLException an error that no repetition cures
   */
  <T> T through(Work<T> work) throws SQLException, InterruptedException {
    while (true) {
      try {
        T result = work.run();
        trouble.ended();
        return result;
      } catch (PauseRequiredException e) {
        pauseOrLeave(String.valueOf(e.getMessage()), e);
      } catch (SQLException e) {
        waitOrPause(e, EnvironmentErrors.cause(e).orElseThrow(() -> e));
      } catch (LockNotAvailableException e) {
        waitOrPause(e, RetryCause.LOCK_TIMEOUT);
      }
    }
  }

  /** Something in the midst of the work went well, so that what failed before is over. */
  void wentWell() {
    trouble.wentWellAt(System.nanoTime());
  }

  private void waitOrPause(Exception e, RetryCause cause) throws InterruptedException {
    context.metrics().retry(cause);
    Optional<Duration> wait = trouble.failed();
    if (wait.isEmpty()) {
      pauseOrLeave(cause + ": " + e.getMessage(), e);
      return;
    }
    context
        .progress()
        .message(
            "the database does not answer as it should ("
                + e.getMessage()
                + "); trying again in "
                + wait.get().toMillis()
                + " ms");
    if (steering.isStopped()) {
      throw new RunInterruptedException("stopped");
    }
    TimeUnit.NANOSECONDS.sleep(wait.get().toNanos());
  }

  private void pauseOrLeave(String reason, Exception e) throws InterruptedException {
    try {
      if (pauses != null) {
        pauses.untilResumed(reason);
        trouble.ended();
        return;
      }
    } catch (SQLException unwritable) {
      e.addSuppressed(unwritable);
    }
    throw new StoreAwayException(
        "the store cannot be used, for "
            + Math.max(1, trouble.lasted().toSeconds())
            + " s now ("
            + reason
            + ")",
        e);
  }
}
