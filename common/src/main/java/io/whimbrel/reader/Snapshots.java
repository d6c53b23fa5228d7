// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Gives access to a snapshot of the store: a new one, or the one a walk goes on in. */
interface Snapshots {

  /** Work in one snapshot. */
  @FunctionalInterface
  interface Work<T extends @Nullable Object> {
    T run(Snapshot snapshot) throws SQLException;
  }

  /**
   * Runs the work.
   *
   * @throws MemoryReadException when the database fails
   */
  <T extends @Nullable Object> T run(Work<T> work);

  /**
   * Runs a query or a few that need no common snapshot. It is done again when the table was swapped
   * or altered, so it may only collect.
   *
   * @throws MemoryReadException when the database fails
   */
  <T extends @Nullable Object> T query(Work<T> work);
}
