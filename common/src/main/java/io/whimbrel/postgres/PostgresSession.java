// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.store.BackendId;
import io.whimbrel.store.ComparisonCursor;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.StoreSession;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;

/** Two connections of one worker thread: one reads in snapshots, one writes. */
final class PostgresSession implements StoreSession {

  private final Connection reader;
  private final Connection writer;
  private final MemoriesTable table;
  private final long migrationId;
  private final BackendId backend;
  private final Consumer<Connection> discard;

  /**
   * @param discard closes a connection for good
   */
  PostgresSession(
      Connection reader,
      Connection writer,
      MemoriesTable table,
      long migrationId,
      Consumer<Connection> discard)
      throws SQLException {
    this.reader = reader;
    this.writer = writer;
    this.discard = discard;
    this.table = table;
    this.migrationId = migrationId;
    reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    reader.setReadOnly(true);
    this.backend = backend(writer);
  }

  private static BackendId backend(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pid, (extract(epoch FROM backend_start) * 1000000)::bigint"
                    + " FROM pg_catalog.pg_stat_activity WHERE pid = pg_backend_pid()")) {
      row.next();
      return new BackendId(row.getInt(1), row.getLong(2));
    } finally {
      connection.rollback();
    }
  }

  @Override
  public TableLayout layout() {
    return table.layout();
  }

  @Override
  public BackendId writerBackend() {
    return backend;
  }

  @Override
  public LegacyCursor readLegacy(KeyRange keys) throws SQLException {
    return cursor(RangeSql.within(table, "m", keys));
  }

  @Override
  public LegacyCursor readDelta(long migrationId, long rangeId) throws SQLException {
    return cursor(new DeltaSql(table, migrationId).inRange("m", rangeId));
  }

  @Override
  public LegacyCursor readInline(KeyRange keys) throws SQLException {
    return cursor(RangeSql.within(table, "m", keys) + " AND " + RangeSql.inline(table, "m"));
  }

  private LegacyCursor cursor(String condition) throws SQLException {
    reader.rollback();
    return new PostgresLegacyCursor(reader, table, condition);
  }

  @Override
  public ComparisonCursor compare(KeyRange keys) throws SQLException {
    reader.rollback();
    return new PostgresComparisonCursor(
        reader,
        new SegmentReader(writer, table),
        new CopyInline(writer, table, migrationId),
        table,
        migrationId,
        keys);
  }

  @Override
  public RangeTransaction begin() throws SQLException {
    writer.rollback();
    return new PostgresRangeTransaction(
        writer, table, migrationId, MemoriesTable.copyTable(migrationId));
  }

  // The next session has new connections. A COPY that broke off passes the pool by, which would
  // hand out its connection again, in the middle of a transaction.
  @Override
  public void close() {
    discard.accept(reader);
    discard.accept(writer);
  }
}
