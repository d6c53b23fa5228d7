// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.format.Dictionary;
import io.whimbrel.sqlite.SqliteSchema.SchemaObject;
import io.whimbrel.store.ShadowTable;
import io.whimbrel.store.SqlAction;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteException;

/** The copy beside the legacy table in a SQLite file. */
final class SqliteShadowTable implements ShadowTable {

  private static final Logger LOG = LoggerFactory.getLogger(SqliteShadowTable.class);

  private final SqliteStore store;
  private final SqliteSchema schema;

  SqliteShadowTable(SqliteStore store, SqliteSchema schema) {
    this.store = store;
    this.schema = schema;
  }

  static String copyName(long migrationId) {
    return "whimbrel_copy_m" + migrationId;
  }

  static String legacyName(long migrationId) {
    return "whimbrel_legacy_m" + migrationId;
  }

  static String indexName(String table, String index) {
    return table + "__" + index;
  }

  @Override
  public void create(long migrationId) throws SQLException {
    store.update(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            for (String ddl : NEW_FORMAT) {
              statement.execute(ddl);
            }
            if (schema.find(connection, "table", copyName(migrationId)).isEmpty()) {
              createCopy(connection, statement, migrationId);
            }
            indexChunks(connection, statement);
          }
        });
  }

  private static final List<String> NEW_FORMAT =
      List.of(
          "CREATE TABLE IF NOT EXISTS memory_segments (segment_id INTEGER PRIMARY KEY,"
              + " dictionary_id INTEGER, raw_size INTEGER NOT NULL, memory_count INTEGER NOT NULL,"
              + " body BLOB NOT NULL)",
          "CREATE TABLE IF NOT EXISTS memory_dictionaries (dictionary_id INTEGER PRIMARY KEY,"
              + " trained_on INTEGER NOT NULL, created_at TEXT NOT NULL DEFAULT"
              + " (strftime('%Y-%m-%dT%H:%M:%SZ')), body BLOB NOT NULL)");

  private void createCopy(Connection connection, Statement statement, long migrationId)
      throws SQLException {
    TableLayout layout = schema.layout(connection);
    String legacy = schema.find(connection, "table", TableLayout.TABLE).orElseThrow().sql();
    String table = copyName(migrationId);
    statement.execute(
        CreateText.renameTable(
            CreateText.dropForeignKeys(CreateText.dropNotNull(legacy, TableLayout.CONTENT)),
            table));
    for (String column : addedColumns(layout, CreateText.isStrict(legacy))) {
      statement.execute("ALTER TABLE " + quote(table) + " ADD COLUMN " + column);
    }
  }

  @Override
  public void rehearse() throws SQLException {
    try (SqliteWriter.Turn writer = store.lockWriter();
        Statement statement = writer.connection().createStatement()) {
      writer.begin(SqliteStore.PATIENCE);
      try {
        createCopy(writer.connection(), statement, 0);
        TableLayout layout = schema.layout(writer.connection());
        String rowid = schema.hiddenRowid(writer.connection(), layout);
        for (SchemaObject index : schema.on(writer.connection(), "index", TableLayout.TABLE)) {
          statement.execute(
              CreateText.renameIndex(
                  index.sql(), indexName(copyName(0), index.name()), copyName(0)));
        }
        statement.execute(new RowStatements(layout, copyName(0), rowid).rehearsal());
      } catch (SQLException | IndexOutOfBoundsException e) {
        throw new StoreRefusedException(
            "the definition of `memories` cannot be carried over ("
                + e.getMessage()
                + "): nothing was touched",
            e);
      } finally {
        writer.rollback();
      }
    }
  }

  /** Column definitions that the new format adds to this layout, in order. */
  static List<String> addedColumns(TableLayout layout, boolean strict) {
    List<String> columns = new ArrayList<>();
    if (!layout.hasFlag()) {
      columns.add("content_compressed " + (strict ? "INTEGER" : "BOOLEAN"));
    }
    if (!layout.hasSize()) {
      columns.add("content_size INTEGER");
    }
    columns.add("content_segment INTEGER");
    columns.add("content_offset INTEGER");
    columns.add("content_length INTEGER");
    columns.add("content_crc32c INTEGER");
    return columns;
  }

  // The old application has no index on its chunks' memory; without one each chunked memory would
  // cost a scan of all chunks.
  private void indexChunks(Connection connection, Statement statement) throws SQLException {
    if (schema.layout(connection).hasChunks()
        && Sqlite.number(statement, "SELECT EXISTS (SELECT 1 FROM memory_chunks)") == 1) {
      statement.execute(
          "CREATE INDEX IF NOT EXISTS whimbrel_chunks_by_memory ON memory_chunks (memory_id)");
    }
  }

  @Override
  public int nextDictionaryId(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return (int)
          Sqlite.number(
              statement, "SELECT coalesce(max(dictionary_id), 0) + 1 FROM memory_dictionaries");
    }
  }

  @Override
  public void insertDictionary(Connection connection, int dictionaryId, int trainedOn, byte[] body)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO memory_dictionaries (dictionary_id, trained_on, body) VALUES (?, ?, ?)")) {
      insert.setInt(1, dictionaryId);
      insert.setInt(2, trainedOn);
      insert.setBytes(3, body);
      insert.executeUpdate();
    }
  }

  @Override
  public @Nullable Dictionary loadDictionary(int dictionaryId) throws SQLException {
    return store
        .read(connection -> Optional.ofNullable(loadDictionary(connection, dictionaryId)))
        .orElse(null);
  }

  static @Nullable Dictionary loadDictionary(Connection connection, int dictionaryId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT body FROM memory_dictionaries WHERE dictionary_id = ?")) {
      select.setInt(1, dictionaryId);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? new Dictionary(dictionaryId, row.getBytes(1)) : null;
      }
    }
  }

  @Override
  public boolean index(long migrationId) throws SQLException {
    String copy = copyName(migrationId);
    List<SchemaObject> indexes =
        store.read(connection -> schema.on(connection, "index", TableLayout.TABLE));
    boolean complete = true;
    for (SchemaObject index : indexes) {
      complete &= build(index, copy);
    }
    return complete;
  }

  private boolean build(SchemaObject index, String copy) throws SQLException {
    String name = indexName(copy, index.name());
    try {
      store.update(
          connection -> {
            if (schema.find(connection, "index", name).isEmpty()) {
              try (Statement statement = connection.createStatement()) {
                statement.execute(CreateText.renameIndex(index.sql(), name, copy));
              }
            }
          });
      return true;
    } catch (SQLiteException e) {
      if (CopyInsertion.isUniqueConflict(e)) {
        LOG.info("index {} waits: the copy holds rows that have changed since", index.name());
        return false;
      }
      throw e;
    }
  }

  @Override
  public long deleteOrphanCopies(Connection connection, long migrationId) throws SQLException {
    TableLayout layout = schema.layout(connection);
    try (Statement statement = connection.createStatement()) {
      return statement.executeLargeUpdate(
          new RowStatements(layout, copyName(migrationId), null).deleteOrphans());
    }
  }

  @Override
  public long pendingContentBytes(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return Sqlite.number(
          statement,
          "SELECT coalesce(sum(octet_length(content)), 0) FROM memories WHERE "
              + quote(schema.layout(connection).keyColumn())
              + " IN ("
              + RowStatements.CHANGED_KEYS
              + ")");
    }
  }

  @Override
  public long count(long migrationId) throws SQLException {
    return store.read(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return Sqlite.number(statement, "SELECT count(*) FROM " + quote(copyName(migrationId)));
          }
        });
  }

  @Override
  public @Nullable String highestKey(long migrationId) throws SQLException {
    return store
        .read(
            connection -> {
              TableLayout layout = schema.layout(connection);
              try (Statement statement = connection.createStatement();
                  ResultSet row =
                      statement.executeQuery(
                          "SELECT max("
                              + quote(layout.keyColumn())
                              + ") FROM "
                              + quote(copyName(migrationId)))) {
                row.next();
                return Optional.ofNullable(Sqlite.key(row, 1, layout.keyType()));
              }
            })
        .orElse(null);
  }

  @Override
  public void cutOver(
      long migrationId, String fingerprint, int carriedMax, Duration lockTimeout, LedgerStep ledger)
      throws SQLException {
    new SqliteSwap(store, schema, migrationId)
        .cutOver(fingerprint, carriedMax, lockTimeout, ledger);
  }

  @Override
  public void afterCutOver(long migrationId) throws SQLException {
    store.update(
        connection -> {
          dropChunkIndex(connection);
        });
  }

  @Override
  public void swapBack(long migrationId, Duration lockTimeout, LedgerStep ledger)
      throws SQLException {
    new SqliteSwap(store, schema, migrationId).swapBack(lockTimeout, ledger);
  }

  @Override
  public void afterSwapBack(long migrationId) throws SQLException {
    // The swap back leaves nothing to validate; the copy is dropped by drop().
    new SqliteCapture(store, schema).remove();
  }

  @Override
  public void drop(long migrationId) throws SQLException {
    store.update(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + quote(copyName(migrationId)));
            // While the application's table has no pointers, nothing can name a segment.
            if (!schema.layout(connection).hasPointers()) {
              statement.execute("DROP TABLE IF EXISTS memory_segments");
              statement.execute("DROP TABLE IF EXISTS memory_dictionaries");
            }
          }
          dropChunkIndex(connection);
        });
  }

  private static void dropChunkIndex(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP INDEX IF EXISTS whimbrel_chunks_by_memory");
    }
  }

  @Override
  public void dropLegacy(long migrationId, SqlAction ledger) throws SQLException {
    requireRoomForVacuum();
    store.update(
        connection -> {
          new SqliteCapture(store, schema).remove(connection);
          try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + quote(legacyName(migrationId)));
            statement.execute("DROP TABLE IF EXISTS whimbrel_swap");
            statement.execute("DELETE FROM whimbrel_undo");
          }
          ledger.run(connection);
        });
    try (SqliteWriter.Turn writer = store.lockWriter()) {
      writer.execute("VACUUM");
      writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (SQLException e) {
      // The table is gone and its pages are free for new rows; only the file keeps its size.
      LOG.warn(
          "the file could not be made smaller, because another process uses it: run VACUUM when it"
              + " is free ({})",
          e.getMessage());
    }
  }

  // VACUUM writes the whole database anew before it lets go of the old pages.
  private void requireRoomForVacuum() throws SQLException {
    long needed = store.inspector().sizes().wholeStore();
    long free = SqliteInspector.freeBytes(store.file());
    if (free < needed) {
      throw new StoreRefusedException(
          "not enough free disk to make the file smaller: "
              + needed
              + " bytes are needed, "
              + free
              + " are free; nothing was dropped");
    }
  }

  @Override
  public long unpackInPlace(long migrationId) throws SQLException {
    return store.write(
        connection -> {
          TableLayout layout = schema.layout(connection);
          try (Statement statement = connection.createStatement()) {
            String key = "CAST(" + quote(layout.keyColumn()) + " AS TEXT)";
            long rows =
                statement.executeUpdate(
                    String.format(
                            Locale.ROOT,
                            "UPDATE memories SET content = u.content, content_compressed ="
                                + " u.content_compressed, content_segment = NULL, content_offset ="
                                + " NULL, content_length = NULL, content_crc32c = NULL FROM"
                                + " whimbrel_undo u WHERE u.migration_id = %d AND u.memory_key ="
                                + " memories.%s AND memories.content IS NULL AND"
                                + " memories.content_segment = u.content_segment AND"
                                + " memories.content_offset = u.content_offset",
                            migrationId,
                            quote(layout.keyColumn()))
                        .replace("memories." + quote(layout.keyColumn()), key));
            statement.execute("DELETE FROM whimbrel_undo WHERE migration_id = " + migrationId);
            return rows;
          }
        });
  }
}
