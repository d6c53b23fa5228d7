// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.TableLayout;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A range's transaction on the process's only writing connection. */
final class SqliteRangeTransaction implements RangeTransaction {

  // A batch spares the driver its look at the transaction around each statement; short ones do.
  private static final int BATCH_ROWS = 500;

  private final SqliteStore.Exclusive writer;
  private final TableLayout layout;
  private final RowStatements statements;
  private final long migrationId;

  SqliteRangeTransaction(
      SqliteStore.Exclusive writer, TableLayout layout, RowStatements statements, long migrationId)
      throws SQLException {
    this.writer = writer;
    this.layout = layout;
    this.statements = statements;
    this.migrationId = migrationId;
    boolean begun = false;
    try {
      writer.begin();
      begun = true;
    } finally {
      if (!begun) {
        writer.close();
      }
    }
  }

  @Override
  public Connection connection() {
    return writer.connection();
  }

  @Override
  public void insertSegments(List<Segment> segments) throws SQLException {
    try (PreparedStatement insert = connection().prepareStatement(RowStatements.INSERT_SEGMENT)) {
      for (Segment segment : segments) {
        SegmentRows.bind(insert, segment);
        insert.executeUpdate();
      }
    }
  }

  @Override
  public void insertCopies(List<PlacedRow> rows) throws SQLException {
    try (PreparedStatement packed = connection().prepareStatement(statements.insertPacked());
        PreparedStatement inline = connection().prepareStatement(statements.insertInline())) {
      int unsent = 0;
      for (PlacedRow row : rows) {
        Pointer pointer = row.pointer();
        PreparedStatement insert = pointer == null ? inline : packed;
        int index = 1;
        if (!layout.hasSize()) {
          insert.setInt(index++, row.codePoints());
        }
        if (pointer != null) {
          index = bind(insert, index, pointer);
        }
        Sqlite.bindKey(insert, index, layout.keyType(), row.key());
        insert.addBatch();
        if (++unsent == BATCH_ROWS) {
          execute(packed, inline);
          unsent = 0;
        }
      }
      execute(packed, inline);
    }
  }

  // No row for a key is fine: it was deleted since it was read, and the log says so.
  private static void execute(PreparedStatement packed, PreparedStatement inline)
      throws SQLException {
    packed.executeBatch();
    inline.executeBatch();
  }

  private static int bind(PreparedStatement statement, int first, Pointer pointer)
      throws SQLException {
    statement.setLong(first, pointer.segmentId());
    statement.setInt(first + 1, pointer.offset());
    statement.setInt(first + 2, pointer.length());
    statement.setInt(first + 3, pointer.crc32c());
    return first + 4;
  }

  @Override
  public int replaceCopies(
      long migrationId, long rangeId, @Nullable String upTo, List<PlacedRow> rows) {
    throw new UnsupportedOperationException("draining");
  }

  @Override
  public int packInPlace(List<PlacedRow> rows) throws SQLException {
    int count = 0;
    try (PreparedStatement undo = connection().prepareStatement(statements.insertUndo());
        PreparedStatement pack = connection().prepareStatement(statements.packInPlace())) {
      for (PlacedRow row : rows) {
        Pointer pointer = Objects.requireNonNull(row.pointer(), "only packed rows come here");
        String content =
            new String(
                Objects.requireNonNull(row.storedBytes(), "the stored bytes guard the update"),
                StandardCharsets.UTF_8);
        undo.setLong(1, migrationId);
        undo.setString(2, row.key());
        undo.setLong(3, pointer.segmentId());
        undo.setInt(4, pointer.offset());
        Sqlite.bindKey(undo, 5, layout.keyType(), row.key());
        undo.setString(6, content);
        if (undo.executeUpdate() == 1) {
          int index = bind(pack, 1, pointer);
          Sqlite.bindKey(pack, index, layout.keyType(), row.key());
          pack.setString(index + 1, content);
          count += pack.executeUpdate();
        }
      }
    }
    return count;
  }

  @Override
  public void commit() throws SQLException {
    writer.commit();
  }

  @Override
  public void close() throws SQLException {
    writer.close();
  }
}
