// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.keyrange;

/** What a worker does with a range. */
public enum RangeKind {
  /** Reads legacy rows, packs them, and writes the copy and its segments. */
  COPY,
  /**
   * Brings the copy up to date for a set of changed keys, which the ledger lists; its bounds only
   * name its place in the round.
   */
  DELTA,
  /** Compares legacy rows with the copy by decoded content and by every other column. */
  VERIFY,
  /** Packs inline rows of a table that already has the new format, in place. */
  PACK
}
