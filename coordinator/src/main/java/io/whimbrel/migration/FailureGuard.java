// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

/**
 * Decides whether too many memories cannot be decoded. A rate means something only after enough
 * memories: 1,000 or 1 % of the store, whichever is more, and again at the end of the copy. Pure.
 */
final class FailureGuard {

  private static final long FLOOR = 1_000;

  private final long storeMemories;
  private final double maxFailureRate;

  FailureGuard(long storeMemories, double maxFailureRate) {
    this.storeMemories = storeMemories;
    this.maxFailureRate = maxFailureRate;
  }

  boolean trips(long processed, long failed, boolean atEnd) {
    boolean enough = processed >= Math.max(FLOOR, storeMemories / 100);
    return (enough || atEnd) && rate(processed, failed) > maxFailureRate;
  }

  static double rate(long processed, long failed) {
    return processed == 0 ? 0 : failed / (double) processed;
  }
}
