// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.store.BackendId;
import io.whimbrel.store.ComparisonCursor;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.StoreSession;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;

/** A worker thread's reading connection, and its turn at the process's only writing one. */
final class SqliteSession implements StoreSession {

  private final SqliteStore store;
  private final TableLayout layout;
  private final Connection reader;
  private final RowStatements statements;
  private final long migrationId;

  SqliteSession(SqliteStore store, TableLayout layout, long migrationId) throws SQLException {
    this.store = store;
    this.layout = layout;
    this.migrationId = migrationId;
    this.reader = store.connect();
    String rowid = new SqliteSchema().hiddenRowid(reader, layout);
    this.statements = new RowStatements(layout, SqliteShadowTable.copyName(migrationId), rowid);
  }

  @Override
  public TableLayout layout() {
    return layout;
  }

  @Override
  public BackendId writerBackend() {
    return BackendId.NONE;
  }

  @Override
  public LegacyCursor readLegacy(KeyRange keys) throws SQLException {
    return new SqliteLegacyCursor(
        reader, store.reading(), layout, statements.readLegacy(keys), bound(keys));
  }

  @Override
  public LegacyCursor readDelta(long migrationId, long rangeId) throws SQLException {
    return new SqliteLegacyCursor(
        reader,
        store.reading(),
        layout,
        statements.readDelta(),
        select -> {
          select.setLong(1, migrationId);
          select.setLong(2, rangeId);
        });
  }

  @Override
  public LegacyCursor readInline(KeyRange keys) throws SQLException {
    return new SqliteLegacyCursor(
        reader, store.reading(), layout, statements.readInline(keys), bound(keys));
  }

  private SqliteLegacyCursor.Parameters bound(KeyRange keys) {
    return select -> SqliteLegacyCursor.bind(select, keys, layout.keyType());
  }

  @Override
  public ComparisonCursor compare(KeyRange keys) throws SQLException {
    return new SqliteComparisonCursor(
        reader, store.reading(), layout, statements, keys, migrationId);
  }

  @Override
  public int rowsPerTransaction() {
    return store.rowsPerTransaction();
  }

  @Override
  public RangeTransaction begin() throws SQLException {
    return new SqliteRangeTransaction(store.lockWriter(), layout, statements, migrationId);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (SQLException e) {
      throw new IllegalStateException("closing a reading connection", e);
    }
  }
}
