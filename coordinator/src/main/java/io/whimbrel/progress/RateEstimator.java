// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A rate that follows the present and forgets the past, exponentially with a time constant, and the
 * time left at that rate. Time comes in as nanoseconds of any origin. Not thread-safe.
 */
public final class RateEstimator {
  /** A forecast beyond this is noise: the run stands still. */
  private static final double MAX_ETA_SECONDS = Duration.ofDays(365).toSeconds();

  private final double timeConstantSeconds;
  private boolean started;
  private long lastNanos;
  private long lastDone;
  private double weightedRate;
  private double weight;

  /** Samples older than a few of {@code timeConstant} hardly count any more. */
  public RateEstimator(Duration timeConstant) {
    if (timeConstant.isZero() || timeConstant.isNegative()) {
      throw new IllegalArgumentException("not a time constant: " + timeConstant);
    }
    timeConstantSeconds = timeConstant.toMillis() / 1e3;
  }

  /**
   * Takes one sample: {@code done} memories in all at {@code nanos}. A count that went back (the
   * next phase, work undone) starts over, since what came before says nothing about it.
   */
  public void sample(long nanos, long done) {
    if (!started || done < lastDone) {
      started = true;
      lastNanos = nanos;
      lastDone = done;
      weightedRate = 0;
      weight = 0;
      return;
    }
    double seconds = (nanos - lastNanos) / 1e9;
    if (seconds <= 0) {
      // No time has passed: what was done counts with the next sample.
      return;
    }
    double keep = Math.exp(-seconds / timeConstantSeconds);
    weightedRate = keep * weightedRate + (1 - keep) * ((done - lastDone) / seconds);
    weight = keep * weight + (1 - keep);
    lastNanos = nanos;
    lastDone = done;
  }

  /** Memories a second; 0 before there are two samples. */
  public double perSecond() {
    // Dividing by the weight takes out the zero that the average began with.
    return weight == 0 ? 0 : weightedRate / weight;
  }

  /** The time for {@code remaining} memories; null while nobody can tell. */
  public @Nullable Duration eta(long remaining) {
    if (remaining <= 0) {
      return Duration.ZERO;
    }
    double rate = perSecond();
    if (rate <= 0 || remaining / rate > MAX_ETA_SECONDS) {
      return null;
    }
    return Duration.ofMillis(Math.round(1e3 * remaining / rate));
  }
}
