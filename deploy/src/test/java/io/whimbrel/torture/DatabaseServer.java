// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/** A PostgreSQL server on loopback that the stores are made on. */
interface DatabaseServer extends AutoCloseable {

  int port();

  String user();

  /** Empty when the server trusts every login. */
  String password();

  /** Whether {@link #crash()} is possible. */
  boolean canCrash();

  /** Ends the server without a checkpoint and starts it again. */
  void crash() throws IOException;

  /** What a process needs in its environment to log in. */
  default Map<String, String> environment() {
    return password().isEmpty() ? Map.of() : Map.of("PGPASSWORD", password());
  }

  default Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user());
    if (!password().isEmpty()) {
      properties.setProperty("password", password());
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port() + "/" + database, properties);
  }

  @Override
  void close() throws IOException;
}
