// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The stretches of a trial as they pass. */
final class Windows {

  /** States in which nothing is under way. */
  private static final Set<String> RESTING = Set.of("", "COMPLETED", "ROLLED_BACK", "FINALIZED");

  private final List<Window> windows = new ArrayList<>();

  void add(String name, long fromMicros, long toMicros) {
    windows.add(new Window(name, fromMicros, toMicros));
  }

  /**
   * The windows of a step, one a state that was seen in it.
   *
   * @param name of the step
   */
  void addStates(String name, List<StateWatch.Seen> seen, long fromMicros, long toMicros) {
    for (int i = 0; i < seen.size(); i++) {
      long from = Math.max(fromMicros, seen.get(i).micros());
      long to = Math.min(toMicros, i + 1 < seen.size() ? seen.get(i + 1).micros() : Long.MAX_VALUE);
      if (from < to) {
        String state = seen.get(i).state();
        boolean ended = !state.isEmpty() && seen.get(i).micros() > fromMicros;
        String words = RESTING.contains(state) ? (ended ? "settling" : "starting") : state;
        add(name + ": " + words, from, to);
      }
    }
  }

  List<Window> all() {
    return List.copyOf(windows);
  }
}
