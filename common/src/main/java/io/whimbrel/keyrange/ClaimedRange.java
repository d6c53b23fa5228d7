// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.keyrange;

/**
 * A range that a worker holds. The attempt is its fencing token: a commit that carries an old one
 * changes no row of the ledger and is rolled back.
 */
public record ClaimedRange(
    long rangeId, long migrationId, RangeKind kind, int round, KeyRange keys, int attempt) {

  /** The same claim, ending at an earlier key. */
  public ClaimedRange endingAt(String upper) {
    return new ClaimedRange(
        rangeId, migrationId, kind, round, new KeyRange(keys.lower(), upper), attempt);
  }

  /** The same claim over fewer keys, after its first part was committed as another range. */
  public ClaimedRange narrowedTo(long newRangeId, KeyRange rest) {
    return new ClaimedRange(newRangeId, migrationId, kind, round, rest, 1);
  }
}
