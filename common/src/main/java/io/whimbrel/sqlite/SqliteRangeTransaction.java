// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A range's transaction on the process's only writing connection. */
final class SqliteRangeTransaction implements RangeTransaction {

  // Other threads of this process wait behind this one: it had rather try again later.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final SqliteWriter.Turn writer;
  private final TableLayout layout;
  private final RowStatements statements;
  private final long migrationId;

  SqliteRangeTransaction(
      SqliteWriter.Turn writer, TableLayout layout, RowStatements statements, long migrationId)
      throws SQLException {
    this.writer = writer;
    this.layout = layout;
    this.statements = statements;
    this.migrationId = migrationId;
    boolean begun = false;
    try {
      writer.begin(PATIENCE);
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
    try (PreparedStatement insert = connection().prepareStatement(SegmentRows.INSERT)) {
      for (Segment segment : segments) {
        SegmentRows.bind(insert, segment);
        insert.executeUpdate();
      }
    }
  }

  // Here too a row may be refused, by a UNIQUE in the table's own text or by a hidden rowid: the
  // rows in its way have changed since, so that draining brings both up to date.
  @Override
  public void insertCopies(List<PlacedRow> rows) throws SQLException {
    new CopyInsertion(connection(), layout, statements).insert(rows);
    writer.wrote(rows.size());
  }

  @Override
  public int replaceCopies(
      long migrationId, long rangeId, @Nullable String upTo, List<PlacedRow> rows)
      throws SQLException {
    long taken = upTo == null ? rangeId : setAside(migrationId, rangeId, upTo);
    String keys =
        " FROM whimbrel_range_keys WHERE migration_id = "
            + migrationId
            + " AND range_id = "
            + taken;
    try (Statement statement = connection().createStatement()) {
      statement.executeUpdate(statements.deleteCopies("SELECT memory_key" + keys));
      statement.executeUpdate(
          "DELETE FROM whimbrel_failures WHERE migration_id = "
              + migrationId
              + " AND memory_key IN (SELECT CAST(memory_key AS TEXT)"
              + keys
              + ")");
      statement.executeUpdate("DELETE" + keys);
    }
    writer.wrote(rows.size());
    return new CopyInsertion(connection(), layout, statements).insert(rows);
  }

  private long setAside(long migrationId, long rangeId, String upTo) throws SQLException {
    // No range has a negative id.
    long aside = -rangeId;
    try (PreparedStatement update = connection().prepareStatement(statements.setAside())) {
      update.setLong(1, aside);
      update.setLong(2, migrationId);
      update.setLong(3, rangeId);
      Sqlite.bindKey(update, 4, layout.keyType(), upTo);
      Sqlite.bindKey(update, 5, layout.keyType(), upTo);
      update.executeUpdate();
    }
    return aside;
  }

  @Override
  public int packInPlace(List<PlacedRow> rows) throws SQLException {
    int count = 0;
    try (PreparedStatement undo = connection().prepareStatement(statements.insertUndo());
        PreparedStatement pack = connection().prepareStatement(statements.packInPlace())) {
      for (PlacedRow row : rows) {
        Pointer pointer = Objects.requireNonNull(row.pointer(), "only packed rows come here");
        byte[] content =
            Objects.requireNonNull(row.storedBytes(), "the stored bytes guard the update");
        undo.setLong(1, migrationId);
        undo.setString(2, row.key());
        undo.setLong(3, pointer.segmentId());
        undo.setInt(4, pointer.offset());
        Sqlite.bindKey(undo, 5, layout.keyType(), row.key());
        undo.setBytes(6, content);
        if (undo.executeUpdate() == 1) {
          int index = CopyInsertion.bind(pack, 1, pointer);
          Sqlite.bindKey(pack, index, layout.keyType(), row.key());
          pack.setBytes(index + 1, content);
          count += pack.executeUpdate();
        }
      }
    }
    writer.wrote(rows.size());
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
