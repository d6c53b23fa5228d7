// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.store.Column;
import io.whimbrel.store.KeyType;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite: every value has a type of its own, whatever its column declares. */
final class SqliteDialect implements Dialect {

  private static final String RETAINED = "whimbrel_legacy_m";
  private static final char REPLACEMENT = '\uFFFD';

  @Override
  public long begin(Connection connection, String qualifier) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA schema_version")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public String stampExpression() {
    return "(SELECT schema_version FROM pragma_schema_version)";
  }

  @Override
  public boolean isOutdated(SQLException e) {
    // "no such column" and "no such table" have no code of their own.
    return e instanceof SQLiteException sqlite
        && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_ERROR
            || sqlite.getResultCode() == SQLiteErrorCode.SQLITE_SCHEMA);
  }

  @Override
  public String keyExpression(String column) {
    return column;
  }

  @Override
  public String key(ResultSet row, int index, KeyType type) throws SQLException {
    if (type == KeyType.INTEGER) {
      return Long.toString(row.getLong(index));
    }
    if (value(row, index) instanceof String key) {
      return key;
    }
    // Such a key could not be named again, so a walk by keys would lose its way here.
    throw new SQLException("a key of `memories` is not valid text");
  }

  @Override
  public boolean bindKey(PreparedStatement statement, int index, KeyType type, String key)
      throws SQLException {
    if (type != KeyType.INTEGER) {
      statement.setString(index, key);
      return true;
    }
    Long number = Keys.number(key);
    if (number == null) {
      return false;
    }
    statement.setLong(index, number);
    return true;
  }

  @Override
  public String valueExpression(String quoted, Column column) {
    return quoted;
  }

  @Override
  public @Nullable Object value(ResultSet row, int index) throws SQLException {
    Object value = row.getObject(index);
    if (value instanceof Integer number) {
      return (long) number;
    }
    // The driver replaces what is not UTF-8, so only a text with replacements needs a second look.
    if (value instanceof String text && text.indexOf(REPLACEMENT) >= 0) {
      byte[] bytes = row.getBytes(index);
      if (!Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))) {
        return new RawText(bytes);
      }
    }
    return value;
  }

  @Override
  public String storageClassExpression(String content) {
    return "typeof(" + content + ")";
  }

  @Override
  public boolean hasTable(Connection connection, String qualifier, String table)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")) {
      select.setString(1, table);
      try (ResultSet row = select.executeQuery()) {
        return row.next();
      }
    }
  }

  @Override
  public List<RetainedTable> retainedTables(Connection connection) throws SQLException {
    List<RetainedTable> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '"
                    + RETAINED
                    + "[0-9]*'")) {
      while (row.next()) {
        String name = row.getString(1);
        Long migrationId = Keys.number(name.substring(RETAINED.length()));
        if (migrationId != null) {
          tables.add(new RetainedTable(migrationId, Dialect.quote(name)));
        }
      }
    }
    return tables;
  }
}
