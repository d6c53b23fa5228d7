// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.testing.TableSnapshots;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** A database made from a template. */
record PostgresTorture(DatabaseServer server, String database) implements TortureStore {

  private static final String TEMPLATE = "torture_template";

  /** An empty database that later ones are made from. */
  static PostgresTorture template(DatabaseServer server) throws SQLException {
    return create(server, TEMPLATE, "");
  }

  static PostgresTorture fresh(DatabaseServer server, String name) throws SQLException {
    return create(server, name, " TEMPLATE " + TEMPLATE);
  }

  private static PostgresTorture create(DatabaseServer server, String name, String how)
      throws SQLException {
    PostgresTorture store = new PostgresTorture(server, name);
    store.close();
    administer(server, "CREATE DATABASE " + name + how);
    return store;
  }

  private static void administer(DatabaseServer server, String sql) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public String url() {
    return url(server.port());
  }

  /** The address by way of another port. */
  String url(int port) {
    return "postgresql://" + server.user() + "@127.0.0.1:" + port + "/" + database;
  }

  @Override
  public Map<String, String> environment() {
    return server.environment();
  }

  @Override
  public Connection connect() throws SQLException {
    return server.connect(database);
  }

  @Override
  public StoreImage image(StoreImage.Columns columns) throws SQLException {
    try (Connection connection = connect()) {
      List<String> all =
          TortureStore.texts(
              connection,
              "SELECT attname FROM pg_attribute WHERE attrelid = 'memories'::regclass AND"
                  + " attnum > 0 AND NOT attisdropped ORDER BY attnum");
      List<String> ours =
          TortureStore.texts(
              connection,
              "SELECT format('%s.%s', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON"
                  + " n.oid = c.relnamespace WHERE n.nspname !~ '^(pg_|information_schema)' AND"
                  + " (c.relname ~ '^(whimbrel_|memory_segments|memory_dictionaries)'"
                  + " OR n.nspname ~ '^whimbrel_')"
                  + " UNION ALL SELECT nspname FROM pg_namespace WHERE nspname ~ '^whimbrel_'"
                  + " UNION ALL SELECT proname FROM pg_proc WHERE proname ~ '^whimbrel_'"
                  + " UNION ALL SELECT tgname FROM pg_trigger WHERE tgname ~ '^whimbrel_'"
                  + " ORDER BY 1");
      // First of all: the reading of definitions leaves another search path behind.
      List<String> failures = TortureStore.failures(connection, ours);
      return new StoreImage(
          texts(),
          StoreImage.rowsOf(
              columns == StoreImage.Columns.ALL
                  ? TableSnapshots.ofPostgres(connection)
                  : TableSnapshots.ofPostgres(connection, StoreImage.carried(all))),
          TableSnapshots.definitionsOfPostgres(connection),
          ours,
          failures);
    }
  }

  @Override
  public void close() throws SQLException {
    administer(server, "DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
  }
}
