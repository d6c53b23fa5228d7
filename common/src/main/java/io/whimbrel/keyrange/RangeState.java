// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.keyrange;

/** Where a range stands; the ledger holds the constants' names. */
public enum RangeState {
  /** Waits for a worker. */
  PENDING,
  /** A worker holds it. */
  CLAIMED,
  /** Committed. */
  DONE,
  /** Taken away for good, by a rollback. */
  CANCELLED
}
