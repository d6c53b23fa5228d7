// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.faults;

import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A named place where a process can be made to fail. Without {@code WHIMBREL_FAULT} in the
 * environment a hit is a comparison with null.
 */
public enum FaultPoint {
  /** A worker has a hint from the grid, and has not looked into the ledger. */
  AFTER_POLL,
  /** A worker's claim is committed, and nothing is read yet. */
  AFTER_CLAIM,
  /** A worker has read a memory of its range. */
  MID_COPY,
  /** A range's rows and its ledger entry are written, not committed. */
  BEFORE_COMMIT,
  /** A range is committed, and its worker has not counted it. */
  AFTER_COMMIT,
  /** The coordinator knows the migration's state and has not begun the step that belongs to it. */
  IN_STEP,
  /** The capture triggers are there, the copy is not. */
  IN_SNAPSHOT,
  /** The coordinator is about to plan ranges. */
  IN_PLANNING,
  /** Captured changes are taken into ranges, not committed. */
  IN_DRAIN,
  /** The copy is complete, the swap has not begun. */
  BEFORE_CUT_OVER,
  /** In the swap: on SQLite before its commit, on PostgreSQL before its one statement is sent. */
  IN_CUT_OVER,
  /** The swap is committed, and the coordinator has not learned of it. */
  AFTER_CUT_OVER,
  /** All ranges are taken away, the copy is still there. */
  IN_ROLLBACK,
  /** The copy is gone, the ledger does not say so yet. */
  AFTER_ROLLBACK,
  /** In the swap back, where {@link #IN_CUT_OVER} is in the swap. */
  IN_SWAP_BACK,
  /** The swap back is committed, the copy is still there. */
  AFTER_SWAP_BACK,
  /** The legacy table is dropped for good, the ledger does not say so yet. */
  IN_FINALIZE;

  // Null unless a test asked for faults.
  private static final @Nullable ArmedFaults ARMED = ArmedFaults.from(System.getenv());

  /**
   * Does nothing, or what was asked for.
   *
   * @throws SQLException of a lost connection, when an error was asked for
   */
  public void hit() throws SQLException {
    if (ARMED != null) {
      ARMED.hit(this);
    }
  }

  /** The name as it is written in the environment, such as {@code after-claim}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
