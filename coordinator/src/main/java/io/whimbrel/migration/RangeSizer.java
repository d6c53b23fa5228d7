// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

/**
 * How many memories the next range holds: as many as take about the target time and fit into one
 * transaction, judged by the ranges committed last, changed by a bounded factor at a time. Pure.
 */
final class RangeSizer {

  /** The default of the command that this tool's users know. */
  static final int FIRST = 100;

  static final int MIN = 10;
  static final int MAX = 20_000;

  /** Small ranges cost more than they teach: up quickly, down as soon as they take too long. */
  private static final int GROWTH_MAX = 4;

  private static final int SHRINKING_MAX = 2;

  /** Below the bytes at which a worker splits a range, since what it read beyond is read again. */
  private static final long BYTES_MAX = 12L << 20;

  private static final long TICK_MILLIS_MIN = 5;
  private static final long TICK_MILLIS_MAX = 50;

  /** So many looks for each range keep the workers supplied; more would only load the database. */
  private static final int TICKS_A_RANGE = 8;

  private final long targetMillis;
  private int size = FIRST;
  private long lastMillis;

  RangeSizer(long targetMillis) {
    this.targetMillis = targetMillis;
  }

  int size() {
    return size;
  }

  /** Milliseconds between two looks at how the ranges come on, by the time a range takes. */
  long tickMillis() {
    return Math.max(TICK_MILLIS_MIN, Math.min(TICK_MILLIS_MAX, lastMillis / TICKS_A_RANGE));
  }

  /**
   * Learns from a committed range.
   *
   * @param bytesPerMemory of decoded text, on average so far
   */
  void observe(long memories, long millis, long bytesPerMemory) {
    if (memories <= 0) {
      return;
    }
    lastMillis = millis;
    double perMemory = Math.max(millis, 1) / (double) memories;
    double fitting = BYTES_MAX / (double) Math.max(1, bytesPerMemory);
    double wanted = Math.min(targetMillis / perMemory, fitting);
    double bounded =
        Math.max(size / (double) SHRINKING_MAX, Math.min((double) size * GROWTH_MAX, wanted));
    size = (int) Math.max(MIN, Math.min(MAX, bounded));
  }
}
