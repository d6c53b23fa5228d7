// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import io.whimbrel.format.Segment;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one transaction that commits a range: ledger first, then segments and rows. */
public interface RangeTransaction extends AutoCloseable {

  /** For the ledger's statements. */
  Connection connection();

  void insertSegments(List<Segment> segments) throws SQLException;

  /** Writes rows of the copy: carried columns unchanged, content replaced by its pointer. */
  void insertCopies(List<PlacedRow> rows) throws SQLException;

  /**
   * Brings the copy up to date for the keys of a DELTA range: deletes their copies, inserts the
   * given rows, and takes the keys off the range. A row that meets another row's value in a unique
   * index is left out and its key goes back into the change log: the row that is in its way has
   * changed as well, and comes in a range of its own.
   *
   * @param upTo the last key to bring up to date; null means all keys of the range
   * @return how many keys went back into the log
   */
  int replaceCopies(long migrationId, long rangeId, @Nullable String upTo, List<PlacedRow> rows)
      throws SQLException;

  /**
   * Packs inline rows in place: keeps their old values for undo, and replaces each only if its
   * content is still what was read.
   *
   * @return how many rows were packed; the others had changed and stay inline
   */
  int packInPlace(List<PlacedRow> rows) throws SQLException;

  void commit() throws SQLException;

  /** Rolls back unless committed. */
  @Override
  void close() throws SQLException;
}
