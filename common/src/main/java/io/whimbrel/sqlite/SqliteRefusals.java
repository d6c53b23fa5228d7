// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.sqlite.CreateText.Check;
import io.whimbrel.sqlite.SqliteSchema.SchemaObject;
import io.whimbrel.store.Column;
import io.whimbrel.store.KeyType;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Things in a SQLite store that a migration would carry over wrongly; each is named. Stateless. */
final class SqliteRefusals {

  private static final Map<String, Set<String>> OWN_TABLES =
      Map.of(
          TableLayout.SEGMENTS_TABLE, Set.of("segment_id", "dictionary_id", "raw_size", "body"),
          TableLayout.DICTIONARIES_TABLE, Set.of("dictionary_id", "trained_on", "body"));

  private final SqliteSchema schema;

  SqliteRefusals(SqliteSchema schema) {
    this.schema = schema;
  }

  void check(Connection connection, TableLayout layout) throws SQLException {
    ownNames(connection, layout);
    if (!layout.hasPointers()) {
      checksOfContent(connection, layout);
    }
    unreadableChunks(connection, layout);
    unreadableKeys(connection, layout);
  }

  // A table of this name that is somebody else's would be written to, and dropped by a rollback.
  private void ownNames(Connection connection, TableLayout layout) throws SQLException {
    boolean known =
        layout.hasPointers() || schema.find(connection, "table", "whimbrel_migrations").isPresent();
    for (Map.Entry<String, Set<String>> own : OWN_TABLES.entrySet()) {
      Set<String> columns = SqliteSchema.columnNames(connection, own.getKey());
      if (!columns.isEmpty() && !(known && columns.containsAll(own.getValue()))) {
        throw new StoreRefusedException(
            "a table `"
                + own.getKey()
                + "` exists that no migration of this store made: rename it, or drop it if a"
                + " migration that stopped half-way left it");
      }
    }
    for (SchemaObject object : schema.objects(connection)) {
      boolean onMemories = object.table().equalsIgnoreCase(TableLayout.TABLE);
      boolean named = object.name().startsWith("whimbrel_");
      if (onMemories && named && !object.name().startsWith("whimbrel_capture_")) {
        throw new StoreRefusedException(
            "the "
                + object.type()
                + " `"
                + object.name()
                + "` has a name that only a migration gives, and would not be carried over: rename"
                + " it");
      }
    }
  }

  // Packed, a row has NULL for its content. A check of the content alone can be tried once for all
  // rows; one that depends on other columns as well might hold for some and not for others.
  private void checksOfContent(Connection connection, TableLayout layout) throws SQLException {
    String sql = schema.find(connection, "table", layout.table()).orElseThrow().sql();
    for (Check check : CreateText.checks(sql)) {
      List<String> read = layout.columns().stream().map(Column::name).filter(check::reads).toList();
      boolean ofContent = read.contains(TableLayout.CONTENT) || read.contains(TableLayout.FLAG);
      boolean alone = Set.of(TableLayout.CONTENT, TableLayout.FLAG).containsAll(read);
      if (ofContent && (!alone || !holdsWhenPacked(connection, check))) {
        throw new StoreRefusedException(
            "the check "
                + check.name()
                + " reads `content` or `content_compressed`, which are NULL and 1 for packed"
                + " memories: drop it before you migrate");
      }
    }
  }

  private static boolean holdsWhenPacked(Connection connection, Check check) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return Sqlite.number(
              statement,
              "SELECT count(*) FROM (SELECT NULL AS content, 1 AS content_compressed) WHERE NOT "
                  + check.expression())
          == 0;
    }
  }

  // Without its chunks a chunked memory would be taken for an empty one.
  private static void unreadableChunks(Connection connection, TableLayout layout)
      throws SQLException {
    Set<String> columns = SqliteSchema.columnNames(connection, TableLayout.CHUNKS_TABLE);
    if (columns.isEmpty() || layout.hasChunks() || !layout.hasFlag()) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      long chunked =
          Sqlite.number(
              statement,
              "SELECT count(*) FROM memories WHERE content = '' AND content_compressed <> 0");
      if (chunked > 0) {
        throw new StoreRefusedException(
            chunked
                + " memories are kept in `memory_chunks`, which cannot be read: it needs the columns"
                + " memory_id, chunk_index and chunk_data");
      }
    }
  }

  // Keys go through strings, in the ledger and in readers.
  private static void unreadableKeys(Connection connection, TableLayout layout)
      throws SQLException {
    String key = quote(layout.keyColumn());
    try (Statement statement = connection.createStatement()) {
      String hasNull = "SELECT EXISTS (SELECT 1 FROM memories WHERE " + key + " IS NULL)";
      if (Sqlite.number(statement, hasNull) == 1) {
        throw new StoreRefusedException(
            "the key `"
                + layout.keyColumn()
                + "` of `memories` is NULL in some rows: give them a key");
      }
    }
    if (layout.keyType() != KeyType.TEXT) {
      return;
    }
    // Plain ASCII, such as a UUID, need not leave the database.
    String query =
        String.format(
            Locale.ROOT,
            "SELECT CAST(%1$s AS BLOB) FROM %2$s WHERE %1$s GLOB '*[^' || char(1) || '-' ||"
                + " char(127) || ']*' OR instr(CAST(%1$s AS BLOB), x'00') > 0",
            key,
            quote(layout.table()));
    try (PreparedStatement select = connection.prepareStatement(query);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        requireUtf8(layout, row.getBytes(1));
      }
    }
  }

  private static void requireUtf8(TableLayout layout, byte[] key) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key));
    } catch (CharacterCodingException e) {
      throw new StoreRefusedException(
          "the key `"
              + layout.keyColumn()
              + "` of `memories` holds text that is not UTF-8: give that memory another key",
          e);
    }
  }

  /** Whether it is a full-text table that keeps no text of its own and reads the content. */
  static boolean searchesContent(SchemaObject object, List<SchemaObject> objects) {
    if (!Sqlite.lower(object.sql()).startsWith("create virtual")) {
      return false;
    }
    String source = CreateText.option(object.sql(), "content");
    if (source.equalsIgnoreCase(TableLayout.TABLE)) {
      return CreateText.hasArgument(object.sql(), TableLayout.CONTENT);
    }
    return !source.isEmpty() && showsMemories(source, objects, objects.size());
  }

  private static boolean showsMemories(String name, List<SchemaObject> objects, int depthMax) {
    return depthMax > 0
        && objects.stream()
            .filter(object -> object.type().equals("view") && object.name().equalsIgnoreCase(name))
            .anyMatch(
                view ->
                    CreateText.mentions(view.sql(), TableLayout.TABLE)
                        || objects.stream()
                            .filter(other -> other.type().equals("view"))
                            .filter(other -> !other.name().equalsIgnoreCase(name))
                            .filter(other -> CreateText.mentions(view.sql(), other.name()))
                            .anyMatch(other -> showsMemories(other.name(), objects, depthMax - 1)));
  }
}
