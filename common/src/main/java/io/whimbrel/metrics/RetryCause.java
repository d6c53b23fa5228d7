// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

/** Why a range was tried again. */
public enum RetryCause {
  /** The connection to the database broke or could not be made. */
  CONNECTION,
  /** The database asked for the transaction to be repeated: deadlock or serialization failure. */
  CONFLICT,
  /** A lock, or SQLite's write lock, was not free in time. */
  LOCK_TIMEOUT,
  /** The database or this process was short of disk, memory or connections. */
  RESOURCES,
  /** The database refused a row, so that the range is cut in halves to find it. */
  DATA,
  /** None of the above. */
  OTHER
}
