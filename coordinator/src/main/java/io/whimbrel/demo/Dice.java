// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

/**
 * Random numbers that are the same for a seed on every Java: SplitMix64, written out because the
 * JDK promises no fixed sequence for its fast generators. Not thread-safe.
 */
final class Dice {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  Dice(long seed) {
    state = seed;
  }

  long next() {
    state += GOLDEN_GAMMA;
    long mixed = state;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** 0 up to, not including, {@code bound}, which is 1 or more. */
  int below(int bound) {
    return (int) (((next() >>> 32) * bound) >>> 32);
  }

  /** Both ends included. */
  int between(int low, int high) {
    return low + below(high - low + 1);
  }

  /** 0 up to, not including, 1. */
  double unit() {
    return (next() >>> 11) * 0x1.0p-53;
  }

  boolean chance(double probability) {
    return unit() < probability;
  }

  /** 0 up to, not including, {@code bound}; low numbers more often, as words are in a language. */
  int skewed(int bound) {
    double unit = unit();
    return (int) (bound * unit * unit);
  }

  <T> T pick(T[] choices) {
    return choices[below(choices.length)];
  }

  /** Positive, mean 1, most below it and a few far above. */
  double spread() {
    // The sum of two exponentials of mean one half; the shift keeps the logarithm finite.
    return -0.5 * (Math.log(1 - unit()) + Math.log(1 - unit()));
  }
}
