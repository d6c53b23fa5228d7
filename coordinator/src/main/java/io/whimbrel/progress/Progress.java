// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far one phase is. {@code done} and {@code failed} count memories, {@code total} is 0 or less
 * while it is unknown, {@code throttle} is the reason for going slower, null at full speed. A store
 * in use grows, so {@code done} may pass {@code total}.
 */
public record Progress(
    String phase,
    long done,
    long total,
    long failed,
    double memoriesPerSecond,
    @Nullable Duration eta,
    int workers,
    @Nullable String throttle) {
  public Progress {
    if (done < 0 || failed < 0 || workers < 0) {
      throw new IllegalArgumentException("a count is negative");
    }
    if (!Double.isFinite(memoriesPerSecond) || memoriesPerSecond < 0) {
      throw new IllegalArgumentException("not a rate: " + memoriesPerSecond);
    }
  }

  boolean totalIsKnown() {
    return total > 0;
  }

  /** The part done, 0 to 1; only when the total is known. */
  double fraction() {
    return Math.min(1, (double) done / total);
  }

  boolean complete() {
    return totalIsKnown() && done >= total;
  }
}
