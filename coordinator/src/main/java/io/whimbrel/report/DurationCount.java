// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import java.util.ArrayList;
import java.util.List;

/** How many ranges took from one bound, exclusive but for 0, to the next, inclusive. */
public record DurationCount(long fromMillis, long toMillis, long ranges) {

  private static final long FIRST_BOUND = 25;

  public DurationCount {
    Check.notNegative("fromMillis", fromMillis);
    Check.notNegative("ranges", ranges);
    if (toMillis <= fromMillis) {
      throw new IllegalArgumentException("no stretch of time: " + fromMillis + " to " + toMillis);
    }
  }

  /** Counts durations, shortest first, between bounds that double; from the first filled on. */
  public static List<DurationCount> of(List<Long> sortedMillis) {
    List<DurationCount> counts = new ArrayList<>();
    long from = 0;
    long to = FIRST_BOUND;
    int at = 0;
    while (at < sortedMillis.size()) {
      int begin = at;
      while (at < sortedMillis.size() && sortedMillis.get(at) <= to) {
        at++;
      }
      if (at > begin || !counts.isEmpty()) {
        counts.add(new DurationCount(from, to, at - begin));
      }
      from = to;
      to *= 2;
    }
    return counts;
  }
}
