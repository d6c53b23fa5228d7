// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.ComparisonCursor;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** Legacy rows joined with their copies in one read transaction. */
final class SqliteComparisonCursor implements ComparisonCursor {

  private final Connection reader;
  private final TableLayout layout;
  private final RowStatements statements;
  private final KeyRange keys;
  private final long migrationId;
  private final ReadTransaction transaction;
  private final PreparedStatement select;
  private final PreparedStatement selectSegment;
  private final ResultSet rows;
  private long copies;
  private @Nullable Segment segment;
  private @Nullable PendingKeys pending;

  SqliteComparisonCursor(
      Connection reader,
      Lock reading,
      TableLayout layout,
      RowStatements statements,
      KeyRange keys,
      long migrationId)
      throws SQLException {
    this.reader = reader;
    this.layout = layout;
    this.statements = statements;
    this.keys = keys;
    this.migrationId = migrationId;
    this.transaction = ReadTransaction.begin(reader, reading);
    boolean opened = false;
    try {
      this.select = reader.prepareStatement(statements.compare(keys));
      this.selectSegment = reader.prepareStatement(SegmentRows.SELECT);
      SqliteLegacyCursor.bind(select, keys, layout.keyType());
      this.rows = select.executeQuery();
      opened = true;
    } finally {
      if (!opened) {
        transaction.close();
      }
    }
  }

  @Override
  public boolean next() throws SQLException {
    return rows.next();
  }

  @Override
  public long contentBytes() throws SQLException {
    return rows.getLong(14);
  }

  @Override
  public ComparedRow row() throws SQLException {
    String key = Sqlite.key(rows, 1, layout.keyType());
    if (key == null) {
      throw new SQLException("a row of `memories` has no key");
    }
    boolean copied = rows.getBoolean(6);
    copies += copied ? 1 : 0;
    return new ComparedRow(
        key,
        copied,
        rows.getBoolean(7),
        rows.getBoolean(8),
        SqliteLegacyCursor.storedContent(reader, layout, rows, key, 2),
        rows.getBoolean(9)
            ? new Pointer(rows.getLong(10), rows.getInt(11), rows.getInt(12), rows.getInt(13))
            : null);
  }

  @Override
  public @Nullable Segment segment() throws SQLException {
    long segmentId = rows.getLong(10);
    if (segment == null || segment.segmentId() != segmentId) {
      segment = SegmentRows.read(selectSegment, segmentId);
    }
    return segment;
  }

  @Override
  public StoredContent copyInline() throws SQLException {
    String key = String.valueOf(Sqlite.key(rows, 1, layout.keyType()));
    try (PreparedStatement inline = reader.prepareStatement(statements.copyInline())) {
      Sqlite.bindKey(inline, 1, layout.keyType(), key);
      try (ResultSet row = inline.executeQuery()) {
        row.next();
        return SqliteLegacyCursor.storedContent(reader, layout, row, key, 1);
      }
    }
  }

  @Override
  public boolean isPending(String key) throws SQLException {
    return pending().contains(key);
  }

  // Differences are rare: most ranges never ask.
  private PendingKeys pending() throws SQLException {
    if (pending == null) {
      pending = PendingKeys.read(reader, layout.keyType(), statements, keys, migrationId);
    }
    return pending;
  }

  @Override
  public long extraCopies() throws SQLException {
    if (number(statements.countCopies(keys)) == copies || pending().all()) {
      return 0;
    }
    return number(statements.countExtraCopies(keys, migrationId));
  }

  private long number(String sql) throws SQLException {
    try (PreparedStatement count = reader.prepareStatement(sql)) {
      SqliteLegacyCursor.bind(count, keys, layout.keyType());
      try (ResultSet row = count.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      rows.close();
      select.close();
      selectSegment.close();
    } finally {
      transaction.close();
    }
  }
}
