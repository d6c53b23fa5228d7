// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

/**
 * Keys that later rows may refer to: the newest ones and a fair sample of all before, so that
 * relations reach across the store without the memory for all its keys.
 */
final class KnownIds {
  private static final int NEWEST = 1_024;
  private static final int SAMPLED = 1_024;

  private final long[] newest = new long[NEWEST];
  private final long[] sampled = new long[SAMPLED];
  private final Dice dice;
  private int count;

  KnownIds(Dice dice) {
    this.dice = dice;
  }

  void add(long id) {
    newest[count % NEWEST] = id;
    int place = count < SAMPLED ? count : dice.below(count + 1);
    if (place < SAMPLED) {
      sampled[place] = id;
    }
    count++;
  }

  /** One of the keys added, a recent one as a rule; there must be one. */
  long pick() {
    if (count == 0) {
      throw new IllegalStateException("no key was added yet");
    }
    return dice.chance(0.7)
        ? newest[dice.below(Math.min(count, NEWEST))]
        : sampled[dice.below(Math.min(count, SAMPLED))];
  }
}
