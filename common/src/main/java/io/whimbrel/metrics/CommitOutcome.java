// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

/** How a range's transaction ended. */
public enum CommitOutcome {
  COMMITTED,
  /** The ledger had given the range to a later attempt: the work was thrown away. */
  FENCED
}
