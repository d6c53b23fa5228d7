// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import java.util.Locale;
import java.util.Optional;

/**
 * Watches from round to round whether changes come faster than they are drained. Pure; times are
 * nanoseconds of one clock.
 */
final class BacklogTrend {

  /** One bad round says little: a burst of writes is not a trend. */
  private static final int ROUNDS = 4;

  private boolean seen;
  private long lastNanos;
  private long lastBacklog;
  private long lastTaken;
  private int grown;

  /**
   * Notes that a round begins.
   *
   * @param backlog logged changes before it
   * @param taken changed keys that it takes
   * @return what to tell a person, once in so many rounds
   */
  Optional<String> observe(long nowNanos, long backlog, long taken) {
    Optional<String> warning = Optional.empty();
    if (seen && backlog >= lastBacklog && backlog > Drainer.CARRIED_KEYS_MAX) {
      grown++;
      if (grown % ROUNDS == 0) {
        warning = Optional.of(text((nowNanos - lastNanos) / 1e9, backlog));
      }
    } else {
      grown = 0;
    }
    seen = true;
    lastNanos = nowNanos;
    lastBacklog = backlog;
    lastTaken = taken;
    return warning;
  }

  private String text(double seconds, long backlog) {
    double written = (backlog - Math.max(0, lastBacklog - lastTaken)) / Math.max(seconds, 1e-3);
    double drained = lastTaken / Math.max(seconds, 1e-3);
    return String.format(
        Locale.ROOT,
        "the store is written faster than it can be drained: %,.0f changes/s come, %,.0f/s go,"
            + " %,d wait; start more workers, or write less for a while",
        written,
        drained,
        backlog);
  }
}
