// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import io.whimbrel.keyrange.KeyRange;
import java.sql.SQLException;

/**
 * The connections of one worker thread: one that reads in snapshots, one that writes. Not
 * thread-safe. Reading and packing happen outside the write transaction.
 */
public interface StoreSession extends AutoCloseable {

  /** The memories table as the session found it. */
  TableLayout layout();

  /** The server process behind the writing connection, recorded in claims. */
  BackendId writerBackend();

  /** Rows of the legacy table in one snapshot, in key order, with their chunks. */
  LegacyCursor readLegacy(KeyRange keys) throws SQLException;

  /**
   * The rows that the legacy table has now under the keys of a DELTA range, in key order, in a
   * snapshot of its own; keys without a row are left out.
   */
  LegacyCursor readDelta(long migrationId, long rangeId) throws SQLException;

  /** Inline rows (content not NULL) of a table in the new format, in key order. */
  LegacyCursor readInline(KeyRange keys) throws SQLException;

  /** Legacy rows beside their copies, in one snapshot. */
  ComparisonCursor compare(KeyRange keys) throws SQLException;

  /** How many rows the next transaction should write at most, so that others get their turn. */
  default int rowsPerTransaction() {
    return Integer.MAX_VALUE;
  }

  /** Begins the transaction that commits a range. */
  RangeTransaction begin() throws SQLException;

  @Override
  void close();
}
