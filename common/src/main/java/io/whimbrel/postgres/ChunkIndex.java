// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * An index on the chunks' memory for the time of a migration, where the application has none:
 * without it every chunked memory would read the whole table of chunks. Built beside writers.
 */
final class ChunkIndex {

  static final String NAME = "whimbrel_chunks_by_memory";

  private static final String WAIT = "SET lock_timeout = '60s'";

  private final PostgresStore store;

  ChunkIndex(PostgresStore store) {
    this.store = store;
  }

  void create(MemoriesTable table) throws SQLException {
    if (!table.layout().hasChunks()) {
      return;
    }
    String chunks = table.qualified(TableLayout.CHUNKS_TABLE);
    try (Connection connection = store.source().openDirect()) {
      if (indexed(connection, chunks)
          || !Catalog.isTrue(connection, "SELECT EXISTS (SELECT FROM " + chunks + ")")) {
        return;
      }
      Catalog.execute(connection, WAIT);
      // What a stopped build left is invalid and would be taken for the index.
      drop(connection);
      Catalog.execute(
          connection, "CREATE INDEX CONCURRENTLY " + NAME + " ON " + chunks + " (memory_id)");
      keepIfStillWanted(connection);
    } catch (SQLException e) {
      throw translated(e);
    }
  }

  // Such an index is not built in a transaction, so it cannot begin with the guard.
  private void keepIfStillWanted(Connection connection) throws SQLException {
    boolean wanted = false;
    try {
      store.update(guarded -> {});
      wanted = true;
    } finally {
      if (!wanted) {
        drop(connection);
      }
    }
  }

  private static boolean indexed(Connection connection, String chunks) throws SQLException {
    return Catalog.isTrue(
        connection,
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON"
            + " a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indrelid = "
            + Quoting.literal(chunks)
            + "::regclass AND i.indisvalid AND i.indpred IS NULL AND a.attname = 'memory_id')");
  }

  void drop() throws SQLException {
    try (Connection connection = store.source().openDirect()) {
      if (Catalog.exists(connection, store.qualifier() + NAME)) {
        Catalog.execute(connection, WAIT);
        drop(connection);
      }
    } catch (SQLException e) {
      throw translated(e);
    }
  }

  private void drop(Connection connection) throws SQLException {
    Catalog.execute(connection, "DROP INDEX CONCURRENTLY IF EXISTS " + store.qualifier() + NAME);
  }

  private static SQLException translated(SQLException e) {
    if (SqlStates.isLock(e)) {
      throw new LockNotAvailableException(
          "an index on memory_chunks had to wait too long for other transactions", e);
    }
    return e;
  }
}
