// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.ledger.FencedException;
import io.whimbrel.sqlite.SqliteSchema.SchemaObject;
import io.whimbrel.store.Column;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.ShadowTable;
import io.whimbrel.store.ShadowTable.LedgerStep;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The two swaps. Tables are renamed with {@code legacy_alter_table}, which leaves the references of
 * other tables, views and triggers on the name; index names and foreign keys then follow by an edit
 * of the stored texts in the same transaction, which SQLite parses again before it commits.
 */
final class SqliteSwap {

  private final SqliteStore store;
  private final SqliteSchema schema;
  private final SqliteCapture capture;
  private final String copy;
  private final String legacy;
  private final long migrationId;

  SqliteSwap(SqliteStore store, SqliteSchema schema, long migrationId) {
    this.store = store;
    this.schema = schema;
    this.capture = new SqliteCapture(store, schema);
    this.migrationId = migrationId;
    this.copy = SqliteShadowTable.copyName(migrationId);
    this.legacy = SqliteShadowTable.legacyName(migrationId);
  }

  void cutOver(String fingerprint, int carriedMax, Duration lockTimeout, LedgerStep ledger)
      throws SQLException {
    try (Connection connection = connect()) {
      inExclusiveTransaction(
          connection,
          lockTimeout,
          () -> {
            checkBeforeCutOver(connection, fingerprint);
            CutOverCarry carry = new CutOverCarry(schema, migrationId);
            carry.check(connection, carriedMax);
            updateLedger(connection, ledger);
            carry.carry(connection);
            swapTables(connection);
            FaultPoint.IN_CUT_OVER.hit();
          });
    }
  }

  void swapBack(Duration lockTimeout, LedgerStep ledger) throws SQLException {
    try (Connection connection = connect()) {
      checkBeforeSwapBack(connection);
      SqliteCarryBack carryBack = new SqliteCarryBack(connection, schema, legacy);
      carryBack.prepare();
      inExclusiveTransaction(
          connection,
          lockTimeout,
          () -> {
            checkBeforeSwapBack(connection);
            updateLedger(connection, ledger);
            carryBack.carry();
            swapTablesBack(connection);
            // Until the copy is gone every difference from it can be explained.
            capture.install(connection, null);
            FaultPoint.IN_SWAP_BACK.hit();
          });
    }
  }

  private void checkBeforeCutOver(Connection connection, String fingerprint) throws SQLException {
    if (!capture.isComplete(connection, null)) {
      throw new CutOverRefusedException(
          "the capture triggers were changed since the copy began; the copy cannot be trusted");
    }
    if (!SqliteInspector.fingerprint(schema, connection).equals(fingerprint)) {
      throw new CutOverRefusedException(
          "the definition of `memories` or of what hangs on it changed since the copy began");
    }
  }

  // What the application changed about its table since the swap would be lost with it.
  private void checkBeforeSwapBack(Connection connection) throws SQLException {
    if (schema.find(connection, "table", legacy).isEmpty()) {
      throw ShadowTable.legacyTableGone(migrationId);
    }
    if (!capture.isComplete(connection, legacy)) {
      throw new CutOverRefusedException(
          "the capture triggers are gone or changed since the swap, so that what was written since"
              + " is not known; export the memories, or restore the backup");
    }
    String then;
    try (Statement statement = connection.createStatement()) {
      then =
          Sqlite.text(
              statement,
              "SELECT fingerprint FROM whimbrel_swap WHERE migration_id = " + migrationId);
    }
    if (!SqliteInspector.fingerprint(schema, connection).equals(then)) {
      throw new CutOverRefusedException(
          "the definition of `memories` or of what hangs on it changed since the swap; undo that"
              + " change first");
    }
  }

  private static void updateLedger(Connection connection, LedgerStep ledger) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String update : ledger.guardedUpdates()) {
        if (statement.executeUpdate(update) != 1) {
          throw new FencedException("another coordinator moved the migration during the swap");
        }
      }
    }
  }

  private void swapTables(Connection connection) throws SQLException {
    SchemaObject original = schema.find(connection, "table", TableLayout.TABLE).orElseThrow();
    List<Column> columns = schema.layout(connection, copy).columns();
    List<String> added =
        SqliteShadowTable.addedColumns(
            schema.layout(connection), CreateText.isStrict(original.sql()));
    List<SchemaObject> indexes = schema.on(connection, "index", TableLayout.TABLE);
    capture.dropTriggers(connection);
    List<SchemaObject> triggers = schema.on(connection, "trigger", TableLayout.TABLE);
    try (Statement statement = connection.createStatement()) {
      keepTexts(statement, connection, original);
      for (SchemaObject trigger : triggers) {
        statement.execute("DROP TRIGGER " + quote(trigger.name()));
      }
      rename(statement, TableLayout.TABLE, legacy);
      rename(statement, copy, TableLayout.TABLE);
      moveSequence(statement, legacy, TableLayout.TABLE);
      edit(connection, "table", legacy, CreateText.dropForeignKeys(textNow(connection, legacy)));
      edit(
          connection,
          "table",
          TableLayout.TABLE,
          CreateText.insertAfterColumns(
              CreateText.dropNotNull(original.sql(), TableLayout.CONTENT),
              String.join(", ", added)));
      for (SchemaObject index : indexes) {
        renameIndex(connection, index.name(), index.sql(), legacy, index.name(), legacy);
      }
      for (SchemaObject index : indexes) {
        String built = SqliteShadowTable.indexName(copy, index.name());
        renameIndex(connection, built, index.sql(), TableLayout.TABLE, index.name(), "");
      }
      reload(statement);
      if (!schema.layout(connection).columns().equals(columns)) {
        throw new CutOverRefusedException("the edited definition of `memories` is not the copy's");
      }
      for (SchemaObject trigger : triggers) {
        statement.execute(trigger.sql());
      }
      capture.install(connection, legacy);
      keepFingerprint(connection);
    }
  }

  private void keepFingerprint(Connection connection) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE whimbrel_swap SET fingerprint = ? WHERE migration_id = ?")) {
      update.setString(1, SqliteInspector.fingerprint(schema, connection));
      update.setLong(2, migrationId);
      update.executeUpdate();
    }
  }

  private void swapTablesBack(Connection connection) throws SQLException {
    List<SchemaObject> indexes = schema.on(connection, "index", TableLayout.TABLE);
    capture.remove(connection);
    List<SchemaObject> triggers = schema.on(connection, "trigger", TableLayout.TABLE);
    try (Statement statement = connection.createStatement()) {
      String original =
          Sqlite.text(
              statement, "SELECT text FROM whimbrel_swap WHERE migration_id = " + migrationId);
      for (SchemaObject trigger : triggers) {
        statement.execute("DROP TRIGGER " + quote(trigger.name()));
      }
      rename(statement, TableLayout.TABLE, copy);
      rename(statement, legacy, TableLayout.TABLE);
      moveSequence(statement, copy, TableLayout.TABLE);
      edit(connection, "table", TableLayout.TABLE, original);
      for (SchemaObject index : indexes) {
        renameIndex(connection, index.name(), index.sql(), copy, index.name(), copy);
      }
      for (SchemaObject index : indexes) {
        String kept = SqliteShadowTable.indexName(legacy, index.name());
        if (schema.find(connection, "index", kept).isPresent()) {
          renameIndex(connection, kept, index.sql(), TableLayout.TABLE, index.name(), "");
        }
      }
      reload(statement);
      for (SchemaObject trigger : triggers) {
        statement.execute(trigger.sql());
      }
      statement.execute("DROP TABLE whimbrel_swap");
    }
  }

  // The text as it was typed, for the way back: a rename quotes the name for good.
  private void keepTexts(Statement statement, Connection connection, SchemaObject original)
      throws SQLException {
    statement.execute(
        "CREATE TABLE IF NOT EXISTS whimbrel_swap (migration_id INTEGER PRIMARY KEY, text TEXT,"
            + " fingerprint TEXT)");
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT OR REPLACE INTO whimbrel_swap VALUES (?, ?, NULL)")) {
      insert.setLong(1, migrationId);
      insert.setString(2, original.sql());
      insert.executeUpdate();
    }
  }

  private static void rename(Statement statement, String from, String to) throws SQLException {
    statement.execute("ALTER TABLE " + quote(from) + " RENAME TO " + quote(to));
  }

  private static String textNow(Connection connection, String table) throws SQLException {
    return new SqliteSchema().find(connection, "table", table).orElseThrow().sql();
  }

  private static void edit(Connection connection, String type, String name, String sql)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA writable_schema = ON");
    }
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE sqlite_schema SET sql = ? WHERE type = ? AND name = ?")) {
      update.setString(1, sql);
      update.setString(2, type);
      update.setString(3, name);
      if (update.executeUpdate() != 1) {
        throw new CutOverRefusedException("the " + type + " " + name + " is not there any more");
      }
    }
  }

  // With a prefix the index gets the retained table's name in front; without, its original name.
  private static void renameIndex(
      Connection connection,
      String from,
      String sql,
      String onTable,
      String originalName,
      String prefix)
      throws SQLException {
    String to = prefix.isEmpty() ? originalName : SqliteShadowTable.indexName(prefix, originalName);
    String text = prefix.isEmpty() ? sql : CreateText.renameIndex(sql, to, onTable);
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE sqlite_schema SET name = ?, sql = ? WHERE type = 'index' AND name = ?")) {
      update.setString(1, to);
      update.setString(2, text);
      update.setString(3, from);
      if (update.executeUpdate() != 1) {
        throw new CutOverRefusedException("the index " + from + " is not there any more");
      }
    }
  }

  // Parses every stored text again, inside the transaction: a wrong one fails here and undoes all.
  private static void reload(Statement statement) throws SQLException {
    statement.execute("PRAGMA writable_schema = RESET");
    statement.executeQuery("SELECT count(*) FROM " + TableLayout.TABLE + " WHERE 0").close();
  }

  // A rename takes the table's counter along; it belongs to the name, so that no id is handed out
  // twice. The other table's counter follows from its rows.
  private static void moveSequence(Statement statement, String from, String to)
      throws SQLException {
    if (Sqlite.number(
            statement, "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'")
        == 0) {
      return;
    }
    if (Sqlite.number(statement, "SELECT count(*) FROM sqlite_sequence WHERE name = '" + from + "'")
        > 0) {
      statement.execute("DELETE FROM sqlite_sequence WHERE name = '" + to + "'");
      statement.execute(
          "UPDATE sqlite_sequence SET name = '" + to + "' WHERE name = '" + from + "'");
    }
  }

  private interface Swap {
    void run() throws SQLException;
  }

  // A connection of its own: what is prepared on it before the lock must not keep this process's
  // other writers waiting.
  private Connection connect() throws SQLException {
    Connection connection = store.connect();
    // Both are ignored inside a transaction.
    execute(connection, "PRAGMA foreign_keys = OFF");
    execute(connection, "PRAGMA legacy_alter_table = ON");
    execute(connection, "PRAGMA synchronous = FULL");
    // Rows anywhere in the table may be carried; pages that fall out of the cache cost writers
    // time.
    execute(connection, "PRAGMA cache_size = -131072");
    return connection;
  }

  private void inExclusiveTransaction(Connection connection, Duration lockTimeout, Swap swap)
      throws SQLException {
    try (SqliteWriter.Turn writer = store.lockWriter()) {
      boolean begun = false;
      boolean done = false;
      try {
        execute(connection, "PRAGMA busy_timeout = " + lockTimeout.toMillis());
        execute(connection, "BEGIN IMMEDIATE");
        begun = true;
        swap.run();
        execute(connection, "COMMIT");
        done = true;
      } catch (SQLiteException e) {
        if (SQLiteErrorCode.getErrorCode(e.getResultCode().code & 0xff)
            == SQLiteErrorCode.SQLITE_BUSY) {
          throw new LockNotAvailableException("the store is locked by another process", e);
        }
        throw e;
      } finally {
        if (begun && !done) {
          execute(connection, "ROLLBACK");
        }
        writer.reconnect();
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
