// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for something that another thread, process or server brings about. Ends as soon as it is
 * so.
 */
public final class Eventually {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Eventually() {}

  /**
   * Waits until the condition holds.
   *
   * @throws AssertionError when it does not within the time limit
   */
  public static void eventually(Duration limit, BooleanSupplier condition) {
    eventually(
        limit,
        () -> {
          if (!condition.getAsBoolean()) {
            throw new AssertionError("the condition does not hold");
          }
        });
  }

  /**
   * Repeats the assertion until it passes; an exception counts as not yet. It is tried once more
   * after the limit, so a slow machine does not fail what holds.
   *
   * @throws AssertionError the last failure, when none passed within the time limit
   */
  public static void eventually(Duration limit, Runnable assertion) {
    long start = System.nanoTime();
    while (true) {
      boolean last = System.nanoTime() - start > limit.toNanos();
      try {
        assertion.run();
        return;
      } catch (AssertionError | RuntimeException notYet) {
        if (last || Thread.currentThread().isInterrupted()) {
          throw new AssertionError("not so within " + limit + ": " + notYet.getMessage(), notYet);
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
