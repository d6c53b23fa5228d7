// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a check of a store found.
 *
 * @param memories rows in the store
 * @param untouched rows that nobody has written, and that are as they were
 * @param doubtful rows that hold a write whose answer was lost
 * @param acknowledged writes whose outcome was checked
 * @param findings the first of each fault, in words
 */
public record CheckResult(
    long memories,
    long untouched,
    long doubtful,
    long acknowledged,
    Map<Fault, Long> faults,
    List<String> findings) {

  public CheckResult {
    faults = Map.copyOf(faults);
    findings = List.copyOf(findings);
  }

  public long count(Fault fault) {
    return faults.getOrDefault(fault, 0L);
  }

  public boolean isClean() {
    return faults.isEmpty();
  }

  /** Counts while the check goes on. */
  static final class Tally {
    private static final int FINDINGS_PER_FAULT = 10;

    private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
    private final List<String> findings = new ArrayList<>();
    private long memories;
    private long untouched;
    private long doubtful;

    void memory() {
      memories++;
    }

    void untouched() {
      untouched++;
    }

    void doubtful() {
      doubtful++;
    }

    void fault(Fault fault, long key, String words) {
      if (faults.merge(fault, 1L, Long::sum) <= FINDINGS_PER_FAULT) {
        findings.add(fault + " key=" + key + ": " + words);
      }
    }

    long memories() {
      return memories;
    }

    CheckResult result(long acknowledged) {
      return new CheckResult(memories, untouched, doubtful, acknowledged, faults, findings);
    }
  }
}
