// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** A queue of hints that loses, repeats and reorders them, and is out of reach now and then. */
final class SimulatedGrid {

  private final RandomGenerator random;
  private final List<Long> hints = new ArrayList<>();
  private double badness;

  SimulatedGrid(RandomGenerator random, double badness) {
    this.random = random;
    this.badness = badness;
  }

  void heal() {
    badness = 0;
  }

  /** Whether a call fails because the grid is out of reach. */
  boolean isAway() {
    return random.nextDouble() < badness / 4;
  }

  void offer(long rangeId) {
    if (random.nextDouble() < badness) {
      return;
    }
    hints.add(rangeId);
    if (random.nextDouble() < badness) {
      hints.add(rangeId);
    }
  }

  OptionalLong poll() {
    if (hints.isEmpty()) {
      return OptionalLong.empty();
    }
    int place = random.nextDouble() < badness ? random.nextInt(hints.size()) : 0;
    // A hint that is left in the queue comes again, perhaps long after its range was committed.
    long hint = random.nextDouble() < badness ? hints.get(place) : hints.remove(place);
    return OptionalLong.of(hint);
  }

  int queued() {
    return hints.size();
  }

  void clear() {
    hints.clear();
  }
}
