// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

/** How an attempt to cut over ended. */
public enum CutOverOutcome {
  DONE,
  /** Its locks were not free in time; it is tried again. */
  LOCKED,
  /** More had changed than is carried under the lock; it is tried again. */
  BUSY,
  /** The store is not as it must be, or the ledger moved on; a person must look. */
  REFUSED
}
