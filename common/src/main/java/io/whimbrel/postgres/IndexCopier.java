// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds the original's indexes on the copy from their own definitions, with their names, places,
 * constraints and remarks. An index that is there already is left alone.
 */
final class IndexCopier {

  private static final String ALL =
      """
      SELECT x.relname, pg_get_indexdef(i.indexrelid), ' ON ' || format('%%I.%%I', n.nspname,
          t.relname) || ' USING ', c.conname, c.contype::text, pg_get_constraintdef(c.oid),
        c.condeferrable, c.condeferred, i.indisexclusion, coalesce(s.spcname, ''),
        obj_description(x.oid, 'pg_class'), obj_description(c.oid, 'pg_constraint'),
        i.indisclustered, i.indisreplident
      FROM pg_index i
      JOIN pg_class x ON x.oid = i.indexrelid
      JOIN pg_class t ON t.oid = i.indrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace
      LEFT JOIN pg_tablespace s ON s.oid = x.reltablespace
      LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
        AND c.contype IN ('p', 'u', 'x')
      WHERE i.indrelid = %d AND i.indisvalid AND NOT starts_with(x.relname, 'whimbrel_')
        AND to_regclass(format('%%I.%%I', %s, x.relname)) IS NULL
      ORDER BY i.indisprimary DESC, x.relname""";

  private static final String KEY_INDEX =
      """
      SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
      WHERE i.indrelid = %d AND i.indisunique AND i.indisvalid AND i.indimmediate
        AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indnkeyatts = 1 AND a.attname = %s
      ORDER BY i.indisprimary DESC, x.relname LIMIT 1""";

  private record Index(String name, String tablespace, List<String> statements) {}

  private final MemoriesTable table;
  private final String schema;

  IndexCopier(MemoriesTable table, String schema) {
    this.table = table;
    this.schema = schema;
  }

  /** The index that ranges are written and compared by; no other is there while rows are copied. */
  void copyKey(Connection connection) throws SQLException {
    String key =
        Catalog.texts(
                connection,
                Quoting.fill(KEY_INDEX, table.oid(), Quoting.literal(table.layout().keyColumn())))
            .get(0);
    for (Index index : missing(connection)) {
      if (index.name().equals(key)) {
        build(connection, index);
      }
    }
  }

  /** Builds the next index that is missing; false when none is. */
  boolean copyNext(Connection connection) throws SQLException {
    Catalog.execute(connection, Catalog.QUALIFY_NAMES);
    List<Index> missing = missing(connection);
    if (missing.isEmpty()) {
      return false;
    }
    build(connection, missing.get(0));
    return true;
  }

  private static void build(Connection connection, Index index) throws SQLException {
    Catalog.execute(
        connection, "SET LOCAL default_tablespace = " + Quoting.literal(index.tablespace()));
    Catalog.execute(connection, index.statements());
  }

  private List<Index> missing(Connection connection) throws SQLException {
    List<Index> indexes = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(Quoting.fill(ALL, table.oid(), Quoting.literal(schema)))) {
      while (row.next()) {
        indexes.add(new Index(row.getString(1), row.getString(10), statements(row)));
      }
    }
    return indexes;
  }

  private List<String> statements(ResultSet row) throws SQLException {
    String copy = Quoting.identifier(schema) + "." + MemoriesTable.table();
    String index = Quoting.identifier(row.getString(1));
    String constraint = row.getString(4);
    List<String> statements = new ArrayList<>();
    if (row.getBoolean(9)) {
      statements.add(
          Quoting.fill(
              "ALTER TABLE %s ADD CONSTRAINT %s %s",
              copy, Quoting.identifier(constraint), row.getString(6)));
    } else {
      statements.add(moved(row.getString(2), row.getString(3), copy));
      if (constraint != null) {
        statements.add(
            Quoting.fill(
                "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s%s",
                copy,
                Quoting.identifier(constraint),
                row.getString(5).equals("p") ? "PRIMARY KEY" : "UNIQUE",
                index,
                row.getBoolean(7) ? " DEFERRABLE" : "",
                row.getBoolean(8) ? " INITIALLY DEFERRED" : ""));
      }
    }
    comment(statements, "INDEX " + Quoting.identifier(schema) + "." + index, row.getString(11));
    if (constraint != null) {
      comment(
          statements,
          "CONSTRAINT " + Quoting.identifier(constraint) + " ON " + copy,
          row.getString(12));
    }
    if (row.getBoolean(13)) {
      statements.add("ALTER TABLE " + copy + " CLUSTER ON " + index);
    }
    if (row.getBoolean(14)) {
      statements.add("ALTER TABLE " + copy + " REPLICA IDENTITY USING INDEX " + index);
    }
    return statements;
  }

  private static String moved(String definition, String onOriginal, String copy) {
    int at = definition.indexOf(onOriginal);
    if (at < 0) {
      throw new IllegalStateException("unexpected index definition: " + definition);
    }
    return definition.substring(0, at)
        + " ON "
        + copy
        + " USING "
        + definition.substring(at + onOriginal.length());
  }

  private static void comment(List<String> statements, String object, @Nullable String text) {
    if (text != null) {
      statements.add("COMMENT ON " + object + " IS " + Quoting.literal(text));
    }
  }
}
