// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import java.util.List;
import java.util.Locale;

/**
 * How a run ended.
 *
 * @param loaded whether an application wrote all the while
 * @param acknowledged its writes that were looked for at the end
 * @param end the state in the ledger, or what stood in its place
 * @param fired faults that happened, as `kind` and `place`
 * @param restarts of processes that had died
 * @param fenced late writes of replaced processes that the ledger refused
 * @param differences what is wrong; empty after a good run
 */
record RunResult(
    String database,
    long seed,
    RunPlan.Wish wish,
    boolean loaded,
    long acknowledged,
    String end,
    List<Fired> fired,
    int restarts,
    int fenced,
    long lost,
    long doubled,
    long altered,
    List<String> differences,
    long millis) {

  /** A fault that happened. */
  record Fired(String kind, String place) {}

  boolean isGood() {
    return differences.isEmpty() && lost == 0 && doubled == 0 && altered == 0;
  }

  /** One line for people. */
  @Override
  public String toString() {
    StringBuilder faults = new StringBuilder();
    for (Fired fault : fired) {
      faults.append(faults.isEmpty() ? "" : ", ").append(fault.kind());
      faults.append(fault.place().equals("at random") ? " " : " at ").append(fault.place());
    }
    return String.format(
        Locale.ROOT,
        "%-10s seed %d %s%s: %s in %.1f s, %d restarts, %d fenced, faults: %s%s",
        database,
        seed,
        wish,
        loaded ? ", " + acknowledged + " writes beside it" : "",
        isGood() ? end : "FAILED, " + end + " " + differences,
        millis / 1e3,
        restarts,
        fenced,
        faults.isEmpty() ? "none" : faults,
        isGood()
            ? ""
            : String.format(
                Locale.ROOT, "; lost %d, doubled %d, altered %d", lost, doubled, altered));
  }
}
