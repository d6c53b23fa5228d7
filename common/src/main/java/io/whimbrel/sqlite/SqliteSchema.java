// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.store.Column;
import io.whimbrel.store.KeyType;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a SQLite schema: layouts, stored texts, indexes. Stateless. */
final class SqliteSchema {

  /** An object of {@code sqlite_master}. */
  record SchemaObject(String type, String name, String table, String sql) {}

  /**
   * A unique index other than the key's.
   *
   * @param columns its columns, or none when it holds an expression
   * @param collations how it compares each of them
   */
  record UniqueIndex(String name, List<String> columns, List<String> collations, boolean partial) {
    boolean holdsExpression() {
      return columns.isEmpty();
    }
  }

  private static final Set<String> CHUNK_COLUMNS =
      Set.of("id", "memory_id", "chunk_index", "chunk_data", "compression_type", "chunk_metadata");

  TableLayout layout(Connection connection) throws SQLException {
    return layout(connection, TableLayout.TABLE);
  }

  TableLayout layout(Connection connection, String table) throws SQLException {
    SchemaObject object =
        find(connection, "table", table)
            .orElseThrow(
                () ->
                    new StoreRefusedException(
                        "there is no table `memories` in this store: check --db-url"));
    if (!object.name().equals(table)) {
      throw new StoreRefusedException(
          "the table is spelled `"
              + object.name()
              + "`, and must be `memories`: rename it before you migrate");
    }
    if (Sqlite.lower(object.sql()).startsWith("create virtual")) {
      throw new StoreRefusedException("`memories` is a virtual table: it cannot be migrated");
    }
    List<Column> columns = new ArrayList<>();
    List<String> primaryKey = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo('"
                    + table.replace("'", "''")
                    + "') ORDER BY cid")) {
      while (row.next()) {
        String type = row.getString(2);
        columns.add(
            new Column(
                row.getString(1), type == null ? "" : type, row.getInt(3) != 0, row.getInt(5) > 1));
        if (row.getInt(4) > 0) {
          primaryKey.add(row.getString(1));
        }
      }
    }
    Set<String> names = new LinkedHashSet<>();
    columns.forEach(column -> names.add(column.name()));
    if (!names.contains(TableLayout.CONTENT)) {
      throw new StoreRefusedException("the table `memories` has no column `content`");
    }
    Column key = keyColumn(connection, table, columns, primaryKey);
    return new TableLayout(
        "main",
        table,
        key.name(),
        keyType(connection, table, key, isRowidAlias(key, object.sql(), primaryKey)),
        columns,
        names.contains(TableLayout.FLAG),
        names.contains(TableLayout.SIZE),
        names.contains(TableLayout.SEGMENT),
        hasChunks(connection));
  }

  private Column keyColumn(
      Connection connection, String table, List<Column> columns, List<String> primaryKey)
      throws SQLException {
    if (primaryKey.size() == 1) {
      return column(columns, primaryKey.get(0));
    }
    for (UniqueIndex index : uniqueIndexes(connection, table)) {
      if (index.columns().size() == 1 && !index.partial()) {
        Column column = column(columns, index.columns().get(0));
        if (column.notNull()) {
          return column;
        }
      }
    }
    throw new StoreRefusedException(
        "the table `memories` has no usable unique key: it needs a primary key, or a unique NOT"
            + " NULL column, of one column");
  }

  private static Column column(List<Column> columns, String name) {
    return columns.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  private static boolean isRowidAlias(Column key, String sql, List<String> primaryKey) {
    return primaryKey.equals(List.of(key.name()))
        && key.declaredType().equalsIgnoreCase("INTEGER")
        && !CreateText.isWithoutRowid(sql);
  }

  private static KeyType keyType(
      Connection connection, String table, Column key, boolean rowidAlias) throws SQLException {
    if (rowidAlias) {
      return KeyType.INTEGER;
    }
    // Outside a rowid SQLite stores any value in any column, numbers before texts before blobs: the
    // two ends of the index tell what is between them, at no cost. Numbers that are no integers are
    // looked for by inspection.
    String typeOf = "typeof((SELECT %s(" + quote(key.name()) + ") FROM " + quote(table) + "))";
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT " + typeOf.replace("%s", "min") + ", " + typeOf.replace("%s", "max"))) {
      row.next();
      Set<String> types = new LinkedHashSet<>(List.of(row.getString(1), row.getString(2)));
      if (types.equals(Set.of("integer"))) {
        return KeyType.INTEGER;
      }
      if (types.equals(Set.of("null")) || types.equals(Set.of("text"))) {
        return KeyType.TEXT;
      }
      throw new StoreRefusedException(
          "the key `"
              + key.name()
              + "` of `memories` holds values of type "
              + String.join(" and ", types)
              + ": keys must be all integers or all text");
    }
  }

  /** One scan of the keys: between integers there may be other numbers. */
  void refuseMixedKeys(Connection connection, TableLayout layout) throws SQLException {
    if (layout.keyType() == KeyType.TEXT) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      String key = quote(layout.keyColumn());
      if (Sqlite.number(
              statement,
              "SELECT EXISTS (SELECT 1 FROM "
                  + quote(layout.table())
                  + " WHERE typeof("
                  + key
                  + ") <> 'integer' AND "
                  + key
                  + " IS NOT NULL)")
          == 1) {
        throw new StoreRefusedException(
            "the key `"
                + layout.keyColumn()
                + "` of `memories` holds numbers that are no integers: keys must be all integers or"
                + " all text");
      }
    }
  }

  private static boolean hasChunks(Connection connection) throws SQLException {
    Set<String> found = new LinkedHashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT name FROM pragma_table_info('" + TableLayout.CHUNKS_TABLE + "')")) {
      while (row.next()) {
        found.add(row.getString(1));
      }
    }
    return found.containsAll(CHUNK_COLUMNS);
  }

  /** Whether rows of the table have a rowid of their own that a copy must keep. */
  boolean hasHiddenRowid(Connection connection, TableLayout layout) throws SQLException {
    String sql = find(connection, "table", layout.table()).orElseThrow().sql();
    if (CreateText.isWithoutRowid(sql)) {
      return false;
    }
    try (Statement statement = connection.createStatement()) {
      long keyColumns =
          Sqlite.number(
              statement,
              "SELECT count(*) FROM pragma_table_info('memories') WHERE pk > 0 AND upper(type) ="
                  + " 'INTEGER'");
      long allKeyColumns =
          Sqlite.number(
              statement, "SELECT count(*) FROM pragma_table_info('memories') WHERE pk > 0");
      boolean alias = keyColumns == 1 && allKeyColumns == 1;
      boolean shadowed =
          layout.columns().stream().anyMatch(column -> column.name().equalsIgnoreCase("rowid"));
      return !alias && !shadowed;
    }
  }

  Optional<SchemaObject> find(Connection connection, String type, String name) throws SQLException {
    return objects(connection).stream()
        .filter(object -> object.type().equals(type) && object.name().equalsIgnoreCase(name))
        .findFirst();
  }

  /** Every object that has a stored text. */
  List<SchemaObject> objects(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY"
                    + " rowid")) {
      List<SchemaObject> objects = new ArrayList<>();
      while (row.next()) {
        objects.add(
            new SchemaObject(
                row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
      }
      return objects;
    }
  }

  /** Objects of one type that hang on the table, other than Whimbrel's own. */
  List<SchemaObject> on(Connection connection, String type, String table) throws SQLException {
    return objects(connection).stream()
        .filter(object -> object.type().equals(type) && object.table().equalsIgnoreCase(table))
        .filter(object -> !object.name().startsWith("whimbrel_"))
        .toList();
  }

  List<UniqueIndex> uniqueIndexes(Connection connection, String table) throws SQLException {
    List<UniqueIndex> indexes = new ArrayList<>();
    try (PreparedStatement list =
        connection.prepareStatement(
            "SELECT name, partial FROM pragma_index_list(?) WHERE \"unique\" = 1 AND origin <>"
                + " 'pk'")) {
      list.setString(1, table);
      try (ResultSet row = list.executeQuery()) {
        while (row.next()) {
          indexes.add(uniqueIndex(connection, row.getString(1), row.getInt(2) != 0));
        }
      }
    }
    return indexes;
  }

  private static UniqueIndex uniqueIndex(Connection connection, String index, boolean partial)
      throws SQLException {
    try (PreparedStatement info =
        connection.prepareStatement(
            "SELECT name, cid, coll FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno")) {
      info.setString(1, index);
      try (ResultSet row = info.executeQuery()) {
        List<String> columns = new ArrayList<>();
        List<String> collations = new ArrayList<>();
        while (row.next()) {
          if (row.getInt(2) < 0) {
            return new UniqueIndex(index, List.of(), List.of(), partial);
          }
          columns.add(row.getString(1));
          collations.add(row.getString(3));
        }
        return new UniqueIndex(index, columns, collations, partial);
      }
    }
  }
}
