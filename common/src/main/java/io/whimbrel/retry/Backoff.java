// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a try: doubling from a base up to a cap, with full jitter so that many
 * workers do not come back together. Pure; it never sleeps.
 */
public record Backoff(Duration base, Duration cap, int attemptsMax) {

  /** For a range: about two minutes in all, then the failure is somebody's to see. */
  public static final Backoff RANGE =
      new Backoff(Duration.ofMillis(50), Duration.ofSeconds(15), 12);

  public Backoff {
    if (base.isNegative() || base.isZero() || cap.compareTo(base) < 0 || attemptsMax < 1) {
      throw new IllegalArgumentException("base must be positive and at most the cap");
    }
  }

  /** Whether a try with this number, from 1, may be made. */
  public boolean allows(int attempt) {
    return attempt <= attemptsMax;
  }

  /** The wait before the try after the given one failed. */
  public Duration delayAfter(int attempt, RandomGenerator random) {
    int doublings = Math.min(attempt - 1, 30);
    long ceiling = Math.min(cap.toMillis(), base.toMillis() << doublings);
    return Duration.ofMillis(ceiling <= 1 ? 1 : random.nextLong(1, ceiling + 1));
  }
}
