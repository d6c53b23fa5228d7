// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.Secret;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreUrl.PostgresUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Makes connections to one database: who connects, how long to wait, and what each session sets.
 */
final class ConnectionSource {

  /**
   * Hidden rows must be an error, never a silent gap; a backslash in a literal must be itself; and
   * the text form of a moment must not depend on where its reader is.
   */
  static final String SESSION_SETTINGS =
      "SET row_security = off; SET standard_conforming_strings = on; SET jit = off;"
          + " SET TimeZone = 'UTC';"
          + " SET client_min_messages = warning; SET statement_timeout = 0; SET lock_timeout = 0;"
          + " SET idle_in_transaction_session_timeout = 0";

  private static final int CONNECT_SECONDS = 10;

  private final PostgresUrl url;
  private final Map<String, String> environment;

  ConnectionSource(PostgresUrl url, Map<String, String> environment) {
    this.url = url;
    this.environment = Map.copyOf(environment);
  }

  PostgresUrl url() {
    return url;
  }

  Map<String, String> environment() {
    return environment;
  }

  @Nullable String user() {
    return url.user() != null ? url.user() : environment.get("PGUSER");
  }

  /** Null leaves the choice to the driver, which looks into the password file. */
  @Nullable String password() {
    Secret given = url.password();
    if (given != null) {
      return given.text();
    }
    String own = environment.get("WHIMBREL_DB_PASSWORD");
    return own != null ? own : environment.get("PGPASSWORD");
  }

  PGSimpleDataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {url.host()});
    source.setPortNumbers(new int[] {url.port()});
    source.setDatabaseName(url.database());
    source.setUser(user());
    source.setPassword(password());
    source.setApplicationName("whimbrel");
    source.setConnectTimeout(CONNECT_SECONDS);
    source.setLoginTimeout(CONNECT_SECONDS);
    source.setTcpKeepAlive(true);
    // The detail of an error quotes the row, which no log or report may hold.
    source.setLogServerErrorDetail(false);
    for (Map.Entry<String, String> parameter : url.parameters().entrySet()) {
      set(source, parameter.getKey(), parameter.getValue());
    }
    return source;
  }

  private void set(PGSimpleDataSource source, String name, String value) {
    PGProperty property =
        switch (name) {
          case "connect_timeout" -> PGProperty.CONNECT_TIMEOUT;
          case "application_name" -> PGProperty.APPLICATION_NAME;
          default -> PGProperty.forName(name);
        };
    if (property == null) {
      throw new StoreRefusedException(
          "the PostgreSQL address has a parameter that the driver does not know: " + name);
    }
    source.setProperty(property, value);
  }

  /**
   * A connection outside the pool, in autocommit, that sends each text as one message: a whole
   * swap, commit included, is then with the server before it begins.
   */
  Connection openDirect() throws SQLException {
    PGSimpleDataSource source = dataSource();
    source.setProperty(PGProperty.PREFER_QUERY_MODE, "simple");
    Connection connection = source.getConnection();
    try (Statement statement = connection.createStatement()) {
      statement.execute(SESSION_SETTINGS);
      statement.execute("SET default_transaction_isolation = 'read committed'");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  /** Turns a failed login into one line that a person can act on. */
  StoreRefusedException refusal(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String where = url.redacted();
    String why =
        switch (state) {
          case "28P01", "28000", "08004" -> "PostgreSQL refused the login at " + where;
          case "3D000" -> "there is no such database: " + where;
          case "57P03" -> "PostgreSQL is not ready for connections at " + where;
          case "53300" -> "PostgreSQL has no free connection slots at " + where;
          default ->
              state.startsWith("08")
                  ? "no PostgreSQL server answers at " + where
                  : "PostgreSQL could not be used at " + where;
        };
    return new StoreRefusedException(why + " (" + firstLine(e.getMessage()) + ")");
  }

  private String firstLine(@Nullable String message) {
    String line = message == null ? "no reason given" : message.lines().findFirst().orElse("");
    String password = password();
    return password == null || password.isEmpty() ? line : line.replace(password, "***");
  }
}
