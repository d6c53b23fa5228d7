// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.store.Strain;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How fast the workers may go: half as fast with each look that finds the database suffering, a
 * tenth faster with each that does not, as networks do it. Pure.
 */
final class Pace {

  /** Slow enough to leave a database alone, and still moving. */
  private static final int PERCENT_MIN = 5;

  private static final int STEP_UP = 10;

  private int percent = 100;
  private @Nullable String reason;

  void observe(List<Strain> signs) {
    if (!signs.isEmpty()) {
      percent = Math.max(PERCENT_MIN, percent / 2);
      reason = signs.stream().map(Strain::text).collect(Collectors.joining("; "));
    } else if (percent < 100) {
      percent = Math.min(100, percent + STEP_UP);
      reason = percent == 100 ? null : reason;
    }
  }

  int percent() {
    return percent;
  }

  /** Why it is not full speed; null when it is. */
  @Nullable String reason() {
    return reason;
  }
}
