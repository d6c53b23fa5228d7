// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.ComparisonCursor;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Legacy rows beside their copies. A segment comes with the first of its rows and is held until the
 * next one; a large one, or one that came before, is fetched on the second connection: segments
 * never change, so another snapshot shows the same.
 */
final class PostgresComparisonCursor implements ComparisonCursor {

  private final Connection reader;
  private final SegmentReader segments;
  private final CopyInline inline;
  private final CopyRows rows;
  private final RowShape shape;
  private final String extraCopies;
  private final Set<String> pending = new HashSet<>();
  private final boolean everythingPending;
  // Parts of it: a row as it came may hold a content of 100 MB, which is then held twice.
  private @Nullable BinaryRow current;
  private @Nullable ComparedRow compared;
  private @Nullable Segment held;

  PostgresComparisonCursor(
      Connection reader,
      SegmentReader segments,
      CopyInline inline,
      MemoriesTable table,
      long migrationId,
      KeyRange keys)
      throws SQLException {
    this.reader = reader;
    this.segments = segments;
    this.inline = inline;
    this.shape = RowShape.after(ComparisonSql.LEGACY, table);
    String copyTable = MemoriesTable.copyTable(migrationId);
    DeltaSql delta = new DeltaSql(table, migrationId);
    this.extraCopies =
        ComparisonSql.extraCopies(table, copyTable, keys) + " AND " + delta.notPending("c");
    this.everythingPending = readPending(delta.pending(keys));
    this.rows = new CopyRows(reader, ComparisonSql.rows(table, copyTable, keys));
  }

  // The first statement of the snapshot: while rows are sent nothing else can be asked.
  private boolean readPending(String query) throws SQLException {
    boolean everything = false;
    try (Statement statement = reader.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        String key = row.getString(1);
        if (key == null) {
          everything = true;
        } else {
          pending.add(key);
        }
      }
    }
    return everything;
  }

  @Override
  public boolean next() throws SQLException {
    compared = null;
    BinaryRow row = rows.next();
    current = row;
    if (row != null && !row.isNull(ComparisonSql.SEGMENT)) {
      int field = ComparisonSql.SEGMENT;
      held =
          new Segment(
              row.integer(field),
              row.isNull(field + 1) ? null : (int) row.integer(field + 1),
              (int) row.integer(field + 2),
              (int) row.integer(field + 3),
              row.bytes(field + 4));
    }
    return row != null;
  }

  @Override
  public long contentBytes() {
    return current == null ? 0 : current.messageBytes();
  }

  @Override
  public ComparedRow row() {
    if (compared == null) {
      BinaryRow row = current;
      if (row == null) {
        throw new IllegalStateException("no current row");
      }
      compared =
          new ComparedRow(
              shape.key(row),
              row.isTrue(ComparisonSql.COPIED),
              row.isTrue(ComparisonSql.COLUMNS_EQUAL),
              row.isTrue(ComparisonSql.INLINE_EQUAL),
              shape.content(row),
              pointer(row));
      current = null;
    }
    return compared;
  }

  // A pointer with a hole, or to an impossible place, is none; the row then compares as inline, and
  // differs.
  private static @Nullable Pointer pointer(BinaryRow row) {
    int field = ComparisonSql.POINTER;
    for (int i = 0; i < 4; i++) {
      if (row.isNull(field + i) || (i < 3 && row.integer(field + i) < 0)) {
        return null;
      }
    }
    return new Pointer(
        row.integer(field),
        (int) row.integer(field + 1),
        (int) row.integer(field + 2),
        (int) row.integer(field + 3));
  }

  @Override
  public @Nullable Segment segment() throws SQLException {
    Pointer pointer = row().pointer();
    if (pointer == null) {
      return null;
    }
    if (held == null || held.segmentId() != pointer.segmentId()) {
      held = segments.read(pointer.segmentId());
    }
    return held;
  }

  @Override
  public StoredContent copyInline() throws SQLException {
    return inline.read(row().key());
  }

  @Override
  public boolean isPending(String key) {
    return everythingPending || pending.contains(key);
  }

  @Override
  public long extraCopies() throws SQLException {
    try (Statement statement = reader.createStatement();
        ResultSet row = statement.executeQuery(extraCopies)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      rows.close();
    } finally {
      reader.rollback();
    }
  }
}
