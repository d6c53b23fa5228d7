// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.MigrationState;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that the invariants look at, as it was after a transaction.
 *
 * @param ranges by id
 * @param legacy versions by key
 * @param copies versions by migration and key, below zero for copies that were deleted
 * @param logged keys in the change log
 * @param rangeKeys ranges by migration and key; a key may only have one
 * @param leases by holder, in milliseconds
 */
record Picture(
    Map<Long, Lead> migrations,
    Map<Long, RangeRow> ranges,
    Map<String, Long> legacy,
    Map<Long, Map<String, Long>> copies,
    Set<String> logged,
    Map<Long, Map<String, List<Long>>> rangeKeys,
    Map<String, Long> leases) {

  /** A migration's row. */
  record Lead(
      long migrationId,
      MigrationState state,
      long epoch,
      boolean cancelled,
      String plannedTo,
      boolean planDone,
      String highestKey) {}

  /** A range's row; the lower bound is below every key where the range has none. */
  record RangeRow(
      long rangeId,
      long migrationId,
      RangeKind kind,
      int round,
      String lower,
      String upper,
      String state,
      int attempt,
      String workerId,
      int mismatches) {

    boolean isOpen() {
      return !state.equals("DONE") && !state.equals("CANCELLED");
    }

    boolean holds(String key) {
      return key.compareTo(lower) > 0 && key.compareTo(upper) <= 0;
    }
  }

  /** A migration that is not there yet has no copies. */
  Map<String, Long> copiesOf(long migrationId) {
    return copies.getOrDefault(migrationId, Map.of());
  }
}
