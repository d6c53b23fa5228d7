// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.util.List;
import java.util.Map;

/**
 * All that a trial found.
 *
 * @param checks by the moment of the check, in order
 * @param killed what was killed, and when
 * @param problems steps that did not end as they should
 */
record TrialOutcome(
    TrialSettings settings,
    List<Window> windows,
    List<WrittenLog> logs,
    Map<String, CheckResult> checks,
    List<String> killed,
    List<String> problems) {

  /** Whether every step ended well, and nothing was lost, altered, doubled or resurrected. */
  boolean isClean() {
    return problems.isEmpty()
        && checks.values().stream().allMatch(CheckResult::isClean)
        && LoadSummary.violations(logs).isEmpty();
  }
}
