// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.format.Segment;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commits one range. A lost commit loses its rows and its ledger entry together, never one. */
final class PostgresRangeTransaction implements RangeTransaction {

  // A commit that a crash may lose is safe here, see above; a wait for the application's row locks
  // is short, and a statement that never ends would hold the range for ever.
  private static final String SETTINGS =
      "SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '10s';"
          + " SET LOCAL statement_timeout = '30min';"
          + " SET LOCAL idle_in_transaction_session_timeout = '2min'";

  private final Connection connection;
  private final MemoriesTable table;
  private final String copyTable;
  private final PlacedRows placed;
  private final InPlaceSql inPlace;
  private boolean open = true;

  PostgresRangeTransaction(
      Connection connection, MemoriesTable table, long migrationId, String copyTable)
      throws SQLException {
    this.connection = connection;
    this.table = table;
    this.copyTable = copyTable;
    this.placed = new PlacedRows(table);
    this.inPlace = new InPlaceSql(table, migrationId);
    try (Statement statement = connection.createStatement()) {
      statement.execute(SETTINGS);
    }
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public void insertSegments(List<Segment> segments) throws SQLException {
    if (segments.isEmpty()) {
      return;
    }
    try (CopyWriter writer =
        new CopyWriter(
            connection,
            table.qualified(TableLayout.SEGMENTS_TABLE)
                + " (segment_id, dictionary_id, raw_size, memory_count, body)")) {
      for (Segment segment : segments) {
        writer.startRow(5);
        writer.write(segment.segmentId());
        Integer dictionaryId = segment.dictionaryId();
        if (dictionaryId == null) {
          writer.writeNull();
        } else {
          writer.write(dictionaryId.intValue());
        }
        writer.write(segment.rawSize());
        writer.write(segment.memoryCount());
        writer.write(segment.body());
      }
      writer.finish();
    }
  }

  @Override
  public void insertCopies(List<PlacedRow> rows) throws SQLException {
    placed.write(connection, copyTable, rows);
  }

  @Override
  public int replaceCopies(
      long migrationId, long rangeId, @Nullable String upTo, List<PlacedRow> rows)
      throws SQLException {
    return new CopyReplacement(connection, table, migrationId).replace(rangeId, upTo, rows);
  }

  @Override
  public int packInPlace(List<PlacedRow> rows) throws SQLException {
    return inPlace.pack(connection, rows);
  }

  @Override
  public void commit() throws SQLException {
    connection.commit();
    open = false;
  }

  @Override
  public void close() throws SQLException {
    if (open) {
      open = false;
      connection.rollback();
    }
  }
}
