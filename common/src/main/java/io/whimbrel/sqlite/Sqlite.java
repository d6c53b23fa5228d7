// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.store.KeyType;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Small words that every statement here shares. */
final class Sqlite {

  private Sqlite() {}

  static long number(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  static String text(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      String text = row.next() ? row.getString(1) : null;
      return text == null ? "" : text;
    }
  }

  static void bindKey(PreparedStatement statement, int index, KeyType type, String key)
      throws SQLException {
    if (type == KeyType.INTEGER) {
      statement.setLong(index, Long.parseLong(key));
    } else {
      statement.setString(index, key);
    }
  }

  static @Nullable String key(ResultSet row, int index, KeyType type) throws SQLException {
    if (type == KeyType.INTEGER) {
      long key = row.getLong(index);
      return row.wasNull() ? null : Long.toString(key);
    }
    return row.getString(index);
  }

  /** The driver's message without its code names. */
  static String firstLine(SQLException e) {
    String message = String.valueOf(e.getMessage());
    int line = message.indexOf('\n');
    return line < 0 ? message : message.substring(0, line);
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
