// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.Column;
import io.whimbrel.store.KeyType;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the memories table out of the catalog, and refuses one that cannot be read by ranges. */
final class TableReader {

  private static final Map<String, KeyType> KEY_TYPES =
      Map.of(
          "int2", KeyType.INTEGER,
          "int4", KeyType.INTEGER,
          "int8", KeyType.INTEGER,
          "text", KeyType.TEXT,
          "varchar", KeyType.TEXT,
          "uuid", KeyType.UUID);
  private static final Set<String> INTEGERS = Set.of("int2", "int4", "int8");
  private static final Set<String> CONTENT_TYPES = Set.of("text", "varchar", "bpchar");
  private static final Set<String> POINTERS =
      Set.of(TableLayout.SEGMENT, TableLayout.OFFSET, TableLayout.LENGTH, TableLayout.CRC32C);
  private static final Set<String> CHUNK_COLUMNS = Set.of("memory_id", "chunk_index", "chunk_data");

  private record Found(Column column, String typeName) {}

  private record Key(String column, KeyType type, @Nullable String collation) {}

  private final String schema;

  TableReader(String schema) {
    this.schema = schema;
  }

  MemoriesTable read(Connection connection) throws SQLException {
    long oid = find(connection, TableLayout.TABLE);
    if (oid == 0) {
      throw new StoreRefusedException(
          "there is no table memories in schema " + schema + ": is this the right database?");
    }
    List<Found> columns = columns(connection, oid);
    String contentType = typeOf(columns, TableLayout.CONTENT);
    if (contentType == null) {
      throw new StoreRefusedException("the table memories has no column content");
    }
    if (!CONTENT_TYPES.contains(contentType)) {
      throw new StoreRefusedException(
          "the column content is of type " + contentType + "; text, varchar or char is needed");
    }
    String flagType = typeOf(columns, TableLayout.FLAG);
    if (flagType != null && !flagType.equals("bool") && !INTEGERS.contains(flagType)) {
      throw new StoreRefusedException(
          "the column content_compressed is of type "
              + flagType
              + "; boolean or an integer type is needed");
    }
    String sizeType = typeOf(columns, TableLayout.SIZE);
    Key key = key(connection, oid);
    MemoriesTable.Chunks chunks = chunks(connection, key.type());
    TableLayout layout =
        new TableLayout(
            schema,
            TableLayout.TABLE,
            key.column(),
            key.type(),
            columns.stream().map(Found::column).toList(),
            flagType != null,
            sizeType != null,
            columns.stream().map(found -> found.column().name()).filter(POINTERS::contains).count()
                == POINTERS.size(),
            chunks != null);
    return new MemoriesTable(
        layout,
        oid,
        key.collation(),
        contentType,
        flagType,
        sizeType != null && INTEGERS.contains(sizeType),
        chunks);
  }

  private long find(Connection connection, String table) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT coalesce(to_regclass(?)::oid::bigint, 0)")) {
      select.setString(1, Quoting.identifier(schema) + "." + Quoting.identifier(table));
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static List<Found> columns(Connection connection, long oid) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   a.attgenerated <> '',
                   CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN t.typname::text
                        ELSE format_type(a.atttypid, NULL) END
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum""")) {
      select.setLong(1, oid);
      try (ResultSet row = select.executeQuery()) {
        List<Found> columns = new ArrayList<>();
        while (row.next()) {
          columns.add(
              new Found(
                  new Column(
                      row.getString(1), row.getString(2), row.getBoolean(3), row.getBoolean(4)),
                  row.getString(5)));
        }
        return columns;
      }
    }
  }

  private static @Nullable String typeOf(List<Found> columns, String name) {
    for (Found found : columns) {
      if (found.column().name().equals(name)) {
        return found.typeName();
      }
    }
    return null;
  }

  private static Key key(Connection connection, long oid) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT a.attname, t.typname, quote_ident(n.nspname) || '.' ||
              quote_ident(o.collname)
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace
            WHERE i.indrelid = ?::oid AND i.indisunique AND i.indisvalid AND i.indimmediate
              AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indnkeyatts = 1 AND a.attnotnull
              AND t.typnamespace = 'pg_catalog'::regnamespace
              AND a.attgenerated = ''
              AND t.typname IN ('int2', 'int4', 'int8', 'text', 'varchar', 'uuid')
            ORDER BY i.indisprimary DESC, a.attname = 'id' DESC, a.attname
            LIMIT 1""")) {
      select.setLong(1, oid);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new StoreRefusedException(
              "the table memories has no usable key: a primary key or a unique index over one"
                  + " not-null column of an integer, text or uuid type is needed");
        }
        KeyType type = KEY_TYPES.get(row.getString(2));
        return new Key(
            row.getString(1),
            type == null ? KeyType.TEXT : type,
            type == KeyType.TEXT ? row.getString(3) : null);
      }
    }
  }

  private MemoriesTable.@Nullable Chunks chunks(Connection connection, KeyType keyType)
      throws SQLException {
    long oid = find(connection, TableLayout.CHUNKS_TABLE);
    if (oid == 0) {
      return null;
    }
    List<Found> columns = columns(connection, oid);
    Set<String> names = new HashSet<>();
    for (Found found : columns) {
      names.add(found.column().name());
    }
    return names.containsAll(CHUNK_COLUMNS)
            && KEY_TYPES.get(typeOf(columns, "memory_id")) == keyType
        ? new MemoriesTable.Chunks(
            names.contains("compression_type"),
            names.contains("chunk_metadata"),
            names.contains("id"))
        : null;
  }
}
