// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.store.Column;
import io.whimbrel.store.KeyType;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** PostgreSQL: numbers, booleans and bytes natively, every other type in its text form. */
final class PostgresDialect implements Dialect {

  private static final Set<String> NATIVE =
      Set.of(
          "smallint",
          "integer",
          "bigint",
          "numeric",
          "real",
          "double precision",
          "boolean",
          "bytea",
          "text",
          "character varying",
          "character");

  /** An undefined column, table, schema or operator, and a plan whose result is another now. */
  private static final Set<String> OUTDATED = Set.of("42703", "42P01", "3F000", "42883", "0A000");

  @Override
  public long begin(Connection connection, String qualifier) throws SQLException {
    String table = qualifier + Dialect.quote(TableLayout.TABLE);
    try (Statement statement = connection.createStatement()) {
      // The lock comes before the snapshot: who waits here for a swap sees all that it carried, and
      // nobody swaps the table away while the snapshot is read.
      statement.execute("LOCK TABLE " + table + " IN ACCESS SHARE MODE");
      try (ResultSet row =
          statement.executeQuery(
              "SELECT to_regclass('" + table.replace("'", "''") + "')::oid::bigint")) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  @Override
  public String stampExpression() {
    return "m.tableoid::bigint";
  }

  @Override
  public boolean isOutdated(SQLException e) {
    String state = e.getSQLState();
    return state != null && OUTDATED.contains(state);
  }

  @Override
  public String keyExpression(String column) {
    return column + "::text";
  }

  @Override
  public String key(ResultSet row, int index, KeyType type) throws SQLException {
    return row.getString(index);
  }

  @Override
  public boolean bindKey(PreparedStatement statement, int index, KeyType type, String key)
      throws SQLException {
    if (type == KeyType.INTEGER) {
      Long number = Keys.number(key);
      if (number == null) {
        return false;
      }
      statement.setLong(index, number);
      return true;
    }
    if (type == KeyType.UUID ? !Keys.isUuid(key) : key.indexOf('\0') >= 0) {
      return false;
    }
    // Sent without a type, so that it takes the column's and the key's index serves.
    statement.setObject(index, key, Types.OTHER);
    return true;
  }

  @Override
  public String valueExpression(String quoted, Column column) {
    String base = column.declaredType().replaceAll("\\(.*\\)", "").strip();
    return NATIVE.contains(base) ? quoted : quoted + "::text";
  }

  @Override
  public @Nullable Object value(ResultSet row, int index) throws SQLException {
    Object value = row.getObject(index);
    if (value instanceof Integer || value instanceof Short) {
      return ((Number) value).longValue();
    }
    // By way of the text: 0.1 of a single is to stay 0.1.
    return value instanceof Float number ? Double.valueOf(number.toString()) : value;
  }

  @Override
  public String storageClassExpression(String content) {
    return "CASE WHEN " + content + " IS NULL THEN 'null' ELSE 'text' END";
  }

  @Override
  public boolean hasTable(Connection connection, String qualifier, String table)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
      select.setString(1, qualifier + Dialect.quote(table));
      try (ResultSet row = select.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  @Override
  public List<RetainedTable> retainedTables(Connection connection) throws SQLException {
    List<RetainedTable> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT n.nspname, substring(n.nspname FROM '^whimbrel_m([0-9]{1,18})_legacy$')"
                    + " FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c"
                    + " ON c.relnamespace = n.oid AND c.relname = 'memories'"
                    + " WHERE n.nspname ~ '^whimbrel_m[0-9]{1,18}_legacy$'")) {
      while (row.next()) {
        tables.add(
            new RetainedTable(
                row.getLong(2),
                Dialect.quote(row.getString(1)) + "." + Dialect.quote(TableLayout.TABLE)));
      }
    }
    return tables;
  }
}
