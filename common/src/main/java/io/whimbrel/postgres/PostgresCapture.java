// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.Capture;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Installs and removes the capture triggers; each in one short transaction, tried again. */
final class PostgresCapture implements Capture {

  private final PostgresStore store;

  PostgresCapture(PostgresStore store) {
    this.store = store;
  }

  @Override
  public void install() throws SQLException {
    MemoriesTable table = store.table();
    boolean installed =
        store.read(connection -> logExists(connection) && triggersLive(connection, table));
    if (!installed) {
      new LockRetry(store)
          .run("install the capture triggers", c -> executed(c, CaptureSql.install(table)));
    }
  }

  @Override
  public void remove() throws SQLException {
    String schema = store.schemaName();
    if (store.read(this::nothingInstalled)) {
      return;
    }
    new LockRetry(store)
        .run("remove the capture triggers", c -> executed(c, CaptureSql.remove(schema)));
  }

  @Override
  public long pending(Connection connection) throws SQLException {
    return Catalog.number(connection, "SELECT count(*) FROM " + store.qualifier() + CaptureSql.LOG);
  }

  static boolean triggersLive(Connection connection, MemoriesTable table) throws SQLException {
    return Catalog.number(connection, CaptureSql.liveTriggers(table))
        == CaptureSql.expectedTriggers(table);
  }

  private boolean logExists(Connection connection) throws SQLException {
    return Catalog.number(
            connection,
            "SELECT count(to_regclass("
                + Quoting.literal(store.qualifier() + CaptureSql.LOG)
                + "))")
        == 1;
  }

  private boolean nothingInstalled(Connection connection) throws SQLException {
    return !logExists(connection)
        && Catalog.number(
                connection,
                "SELECT count(*) FROM pg_catalog.pg_proc WHERE pronamespace = "
                    + Quoting.literal(store.schemaName())
                    + "::regnamespace AND starts_with(proname, 'whimbrel_capture_')")
            == 0;
  }

  private static boolean executed(Connection connection, List<String> statements)
      throws SQLException {
    Catalog.execute(connection, statements);
    return true;
  }
}
