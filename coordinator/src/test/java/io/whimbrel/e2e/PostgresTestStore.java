// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.TableSnapshots;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** A database of its own on a test server. */
record PostgresTestStore(PostgresServer server, PostgresServer.Database database)
    implements TestStore {

  static PostgresTestStore on(PostgresServer server) throws SQLException {
    return new PostgresTestStore(server, server.createDatabase());
  }

  @Override
  public String url() {
    return database.url().redacted();
  }

  @Override
  public Connection connect() throws SQLException {
    return database.connect();
  }

  @Override
  public Map<String, List<String>> tables() throws SQLException {
    try (Connection connection = connect()) {
      return TableSnapshots.ofPostgres(connection);
    }
  }

  @Override
  public Map<String, List<String>> tables(List<String> memoriesColumns) throws SQLException {
    try (Connection connection = connect()) {
      return TableSnapshots.ofPostgres(connection, memoriesColumns);
    }
  }

  @Override
  public List<String> definitions() throws SQLException {
    try (Connection connection = connect()) {
      return TableSnapshots.definitionsOfPostgres(connection);
    }
  }

  @Override
  public List<String> leftovers() throws SQLException {
    return texts(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid ="
            + " c.relnamespace WHERE c.relkind = 'r' AND (c.relname ~"
            + " '^(whimbrel_|memory_segments|memory_dictionaries)' OR n.nspname ~ '^whimbrel_')"
            + " UNION ALL SELECT nspname FROM pg_namespace WHERE nspname ~ '^whimbrel_' ORDER BY 1");
  }

  @Override
  public List<String> memoriesColumns() throws SQLException {
    return texts(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'memories'::regclass AND attnum > 0"
            + " AND NOT attisdropped ORDER BY attnum");
  }

  @Override
  public PostgresTestStore copy() throws SQLException {
    return new PostgresTestStore(server, server.copyOf(database));
  }

  @Override
  public PostgresTestStore empty() throws SQLException {
    return on(server);
  }
}
