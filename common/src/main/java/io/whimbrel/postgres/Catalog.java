// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Small steps of catalog work: queries that answer in texts, and statements run in order. */
final class Catalog {

  /**
   * With nothing but the system's schema in the path, every name that the server writes into a
   * definition is qualified, so that the text means the same wherever it is run.
   */
  static final String QUALIFY_NAMES = "SET LOCAL search_path = pg_catalog, pg_temp";

  private Catalog() {}

  static List<String> texts(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      List<String> texts = new ArrayList<>();
      while (row.next()) {
        String text = row.getString(1);
        if (text != null) {
          texts.add(text);
        }
      }
      return texts;
    }
  }

  static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Runs a statement that changes rows, and says how many. */
  static long count(Connection connection, String change) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeLargeUpdate(change);
    }
  }

  static boolean isTrue(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** Whether a relation of this qualified name exists. */
  static boolean exists(Connection connection, String qualifiedName) throws SQLException {
    return isTrue(
        connection, "SELECT to_regclass(" + Quoting.literal(qualifiedName) + ") IS NOT NULL");
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static void execute(Connection connection, List<String> statements) throws SQLException {
    for (String sql : statements) {
      execute(connection, sql);
    }
  }
}
