// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The states of a migration, and the only place that knows which moves are legal. */
public enum MigrationState {
  /** Recorded; nothing of the store is touched yet. */
  CREATED,
  /** Capture triggers, counts, dictionary, the empty copy. */
  SNAPSHOT,
  /** Ranges are planned and copied. */
  COPYING,
  /** Captured changes are drained; indexes are built on the copy. */
  CATCHING_UP,
  /** Both tables are compared by decoded content. */
  VERIFYING,
  /** The swap is tried. */
  CUTTING_OVER,
  /** The new table serves; the legacy table is kept. */
  COMPLETED,
  /** The legacy table is dropped; there is no way back but the backup. */
  FINALIZED,
  /** Everything is being undone; the legacy table serves. */
  ROLLING_BACK,
  /** The store is as it was. */
  ROLLED_BACK,
  /** A person must look; the store serves as the message says. */
  FAILED;

  private static final Map<MigrationState, Set<MigrationState>> MOVES =
      Map.ofEntries(
          Map.entry(CREATED, EnumSet.of(SNAPSHOT, ROLLING_BACK, FAILED)),
          Map.entry(SNAPSHOT, EnumSet.of(COPYING, ROLLING_BACK, FAILED)),
          Map.entry(COPYING, EnumSet.of(CATCHING_UP, COMPLETED, ROLLING_BACK, FAILED)),
          Map.entry(CATCHING_UP, EnumSet.of(VERIFYING, ROLLING_BACK, FAILED)),
          Map.entry(VERIFYING, EnumSet.of(CUTTING_OVER, CATCHING_UP, ROLLING_BACK, FAILED)),
          Map.entry(CUTTING_OVER, EnumSet.of(COMPLETED, VERIFYING, ROLLING_BACK, FAILED)),
          // From a completed packing straight to the end: there is nothing to clear away after it.
          Map.entry(COMPLETED, EnumSet.of(FINALIZED, ROLLING_BACK, ROLLED_BACK)),
          Map.entry(FINALIZED, EnumSet.noneOf(MigrationState.class)),
          Map.entry(ROLLING_BACK, EnumSet.of(ROLLED_BACK, FAILED)),
          Map.entry(ROLLED_BACK, EnumSet.noneOf(MigrationState.class)),
          Map.entry(FAILED, EnumSet.of(ROLLING_BACK, VERIFYING)));

  public boolean canMoveTo(MigrationState next) {
    return MOVES.getOrDefault(this, Set.of()).contains(next);
  }

  /** Whether a `migrate` finds nothing left to do or undo in this state. */
  public boolean isTerminal() {
    return this == COMPLETED || this == FINALIZED || this == ROLLED_BACK;
  }

  /** Whether no range of this migration will be claimed any more. */
  public boolean isOverForWorkers() {
    return isTerminal() || this == ROLLING_BACK || this == FAILED;
  }

  /** Whether workers may claim and commit ranges in this state. */
  public boolean letsWorkersWork() {
    return this == COPYING || this == CATCHING_UP || this == VERIFYING || this == CUTTING_OVER;
  }
}
