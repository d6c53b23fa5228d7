// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * As {@link TableSnapshots}, for SQLite: each value with its storage class, since a column there
 * holds whatever was put into it.
 */
public final class SqliteTableSnapshots {

  private static final String OF_THE_APPLICATION =
      " name NOT LIKE 'whimbrel\\_%' ESCAPE '\\' AND tbl_name NOT LIKE 'whimbrel\\_%' ESCAPE '\\'"
          + " AND tbl_name NOT IN ('memory_segments', 'memory_dictionaries')";

  private SqliteTableSnapshots() {}

  /** Rows by table, all columns, in the order of their text; counters of AUTOINCREMENT included. */
  public static Map<String, List<String>> of(Connection connection) throws SQLException {
    Map<String, List<String>> tables = new TreeMap<>();
    for (String table : tables(connection)) {
      tables.put(table, rows(connection, table, columns(connection, table)));
    }
    return tables;
  }

  /** As {@link #of(Connection)}, but of the memories these columns only. */
  public static Map<String, List<String>> of(Connection connection, List<String> memoriesColumns)
      throws SQLException {
    Map<String, List<String>> tables = new TreeMap<>();
    for (String table : tables(connection)) {
      boolean memories = table.equals("memories");
      tables.put(
          table, rows(connection, table, memories ? memoriesColumns : columns(connection, table)));
    }
    return tables;
  }

  /** The stored text of everything of the application's. */
  public static List<String> definitions(Connection connection) throws SQLException {
    return texts(
        connection,
        "SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '') FROM"
            + " sqlite_master WHERE"
            + OF_THE_APPLICATION
            + " ORDER BY 1");
  }

  /** The names of a table's columns, generated ones too, in its order. */
  public static List<String> columns(Connection connection, String table) throws SQLException {
    return texts(
        connection,
        "SELECT name FROM pragma_table_xinfo('" + table + "') WHERE hidden <> 1 ORDER BY cid");
  }

  private static List<String> tables(Connection connection) throws SQLException {
    return texts(
        connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND" + OF_THE_APPLICATION);
  }

  // One value at a time: an expression over all columns of a wide table is too deep for SQLite.
  private static List<String> rows(Connection connection, String table, List<String> columns)
      throws SQLException {
    String values =
        columns.stream().map(SqliteTableSnapshots::value).collect(Collectors.joining(", "));
    // A counter of our own tables is not the application's.
    String condition = table.equals("sqlite_sequence") ? " WHERE name NOT LIKE 'whimbrel%'" : "";
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT " + values + " FROM \"" + table + "\"" + condition)) {
      while (row.next()) {
        List<String> shown = new ArrayList<>();
        for (int i = 1; i <= columns.size(); i++) {
          shown.add(row.getString(i));
        }
        rows.add(String.join(" | ", shown));
      }
    }
    rows.sort(null);
    return rows;
  }

  // quote() and || end a text at its first NUL, and the driver reads bytes that are not UTF-8 as
  // something else: such a text is shown in hexadecimal digits.
  private static String value(String column) {
    return """
        CASE typeof("%1$s")
          WHEN 'text' THEN CASE WHEN instr(CAST("%1$s" AS BLOB), x'00') > 0
            OR "%1$s" GLOB '*[^ -~]*' THEN 'text x' || hex(CAST("%1$s" AS BLOB)) ELSE 'text ' || "%1$s" END
          WHEN 'blob' THEN 'blob x' || hex("%1$s")
          ELSE typeof("%1$s") || ' ' || quote("%1$s") END"""
        .replace("%1$s", column.replace("\"", "\"\""));
  }

  private static List<String> texts(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      List<String> texts = new ArrayList<>();
      while (row.next()) {
        texts.add(row.getString(1));
      }
      return texts;
    }
  }
}
