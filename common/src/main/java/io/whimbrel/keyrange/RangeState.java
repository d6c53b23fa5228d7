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
  /** Fails whatever is tried, and is set aside until a person has looked. */
  BLOCKED,
  /** Taken away for good, by a rollback. */
  CANCELLED
}
