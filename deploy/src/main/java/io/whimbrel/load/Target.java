// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.reader.MemoryReader;
import io.whimbrel.store.StoreKind;
import io.whimbrel.store.StoreUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;

/**
 * The store under trial, and how an application connects to it.
 *
 * @param environment where the password is
 */
record Target(StoreUrl url, Map<String, String> environment) {

  /** What applications commonly wait for SQLite's lock. */
  private static final int BUSY_MILLIS = 5_000;

  static Target parse(String url) {
    return new Target(StoreUrl.parse(url), System.getenv());
  }

  StoreKind kind() {
    return url.kind();
  }

  /** A plain connection in auto-commit mode. */
  Connection connect() throws SQLException {
    if (url instanceof StoreUrl.SqliteUrl sqlite) {
      return connectSqlite(sqlite);
    }
    if (url instanceof StoreUrl.PostgresUrl postgres) {
      return connectPostgres(postgres);
    }
    throw new IllegalStateException("unknown kind of store: " + url.redacted());
  }

  private static Connection connectSqlite(StoreUrl.SqliteUrl sqlite) throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            // A transaction that writes takes its lock at once, or it could not wait for it.
            "jdbc:sqlite:" + sqlite.file() + "?transaction_mode=IMMEDIATE");
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + BUSY_MILLIS);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  private Connection connectPostgres(StoreUrl.PostgresUrl postgres) throws SQLException {
    Properties properties = new Properties();
    properties.putAll(postgres.parameters());
    properties.setProperty("ApplicationName", "load");
    properties.setProperty("connectTimeout", "10");
    String user = postgres.user();
    if (user != null) {
      properties.setProperty("user", user);
    }
    String password = postgres.password() == null ? null : postgres.password().text();
    password = password == null ? environment.get("PGPASSWORD") : password;
    if (password != null) {
      properties.setProperty("password", password);
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://" + postgres.host() + ":" + postgres.port() + "/" + postgres.database(),
        properties);
  }

  MemoryReader openReader() {
    return MemoryReader.open(url, environment);
  }
}
