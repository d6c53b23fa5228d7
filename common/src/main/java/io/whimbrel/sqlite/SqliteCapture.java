// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.sqlite.SqliteSchema.UniqueIndex;
import io.whimbrel.store.Capture;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Capture triggers on SQLite. Besides the usual three, BEFORE triggers log the rows that an {@code
 * OR REPLACE} removes through another unique index: SQLite fires no delete trigger for them.
 */
final class SqliteCapture implements Capture {

  static final String LOG = "whimbrel_changes";
  private static final String PREFIX = "whimbrel_capture_";

  private final SqliteStore store;
  private final SqliteSchema schema;

  SqliteCapture(SqliteStore store, SqliteSchema schema) {
    this.store = store;
    this.schema = schema;
  }

  @Override
  public void install() throws SQLException {
    store.update(
        connection -> {
          install(connection, null);
        });
  }

  /**
   * @param retained the legacy table after a cut-over: what is deleted must not live on in it
   */
  void install(Connection connection, @Nullable String retained) throws SQLException {
    TableLayout layout = schema.layout(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS " + LOG + " (change_id INTEGER PRIMARY KEY, memory_key)");
      for (String trigger : triggers(connection, layout, retained)) {
        statement.execute(trigger);
      }
    }
  }

  /** The CREATE texts of every trigger this layout needs. */
  private List<String> triggers(
      Connection connection, TableLayout layout, @Nullable String retained) throws SQLException {
    String table = quote(layout.table());
    String key = quote(layout.keyColumn());
    List<String> triggers = new ArrayList<>();
    triggers.add(trigger("insert", "AFTER INSERT", table, log("NEW." + key)));
    triggers.add(
        trigger(
            "delete",
            "AFTER DELETE",
            table,
            log("OLD." + key)
                + (retained == null
                    ? ""
                    : " DELETE FROM "
                        + quote(retained)
                        + " WHERE "
                        + key
                        + " = OLD."
                        + key
                        + ";")));
    triggers.add(
        trigger(
            "update",
            "AFTER UPDATE",
            table,
            log("OLD." + key)
                + " INSERT INTO "
                + LOG
                + " (memory_key) SELECT NEW."
                + key
                + " WHERE NEW."
                + key
                + " IS NOT OLD."
                + key
                + ";"));
    String replaced = replaced(connection, layout);
    if (!replaced.isEmpty()) {
      triggers.add(trigger("replace_insert", "BEFORE INSERT", table, replaced));
      triggers.add(trigger("replace_update", "BEFORE UPDATE", table, replaced));
    }
    if (layout.hasChunks()) {
      String chunks = quote(TableLayout.CHUNKS_TABLE);
      triggers.add(trigger("chunk_insert", "AFTER INSERT", chunks, logOwner("NEW")));
      triggers.add(trigger("chunk_delete", "AFTER DELETE", chunks, logOwner("OLD")));
      triggers.add(
          trigger("chunk_update", "AFTER UPDATE", chunks, logOwner("OLD") + " " + logOwner("NEW")));
    }
    return triggers;
  }

  private static String trigger(String name, String event, String table, String body) {
    return "CREATE TRIGGER IF NOT EXISTS "
        + PREFIX
        + name
        + " "
        + event
        + " ON "
        + table
        + " BEGIN "
        + body
        + " END";
  }

  private static String log(String keyExpression) {
    return "INSERT INTO " + LOG + " (memory_key) VALUES (" + keyExpression + ");";
  }

  // A chunk of nobody is no change of a memory; an empty key in the log means the whole table.
  private static String logOwner(String row) {
    return "INSERT INTO "
        + LOG
        + " (memory_key) SELECT "
        + row
        + ".memory_id WHERE "
        + row
        + ".memory_id IS NOT NULL;";
  }

  private String replaced(Connection connection, TableLayout layout) throws SQLException {
    String table = quote(layout.table());
    String key = quote(layout.keyColumn());
    List<String> found = new ArrayList<>();
    for (UniqueIndex index : schema.uniqueIndexes(connection, layout.table())) {
      if (!index.holdsExpression()) {
        found.add(replacedBy(table, key, match(index)));
      }
    }
    String rowid = schema.hiddenRowid(connection, layout);
    if (rowid != null) {
      // Whoever names a rowid replaces the row that has it. Where none is named it is no row's.
      found.add(replacedBy(table, key, rowid + " = NEW." + rowid));
    }
    return String.join(" ", found);
  }

  private static String match(UniqueIndex index) {
    // Compared as the index does, which need not be the column's own way.
    List<String> equal = new ArrayList<>();
    for (int i = 0; i < index.columns().size(); i++) {
      String column = quote(index.columns().get(i));
      equal.add(column + " = NEW." + column + " COLLATE " + quote(index.collations().get(i)));
    }
    return String.join(" AND ", equal);
  }

  // A row with the same values, other than the row itself, is about to go.
  private static String replacedBy(String table, String key, String match) {
    return "INSERT INTO "
        + LOG
        + " (memory_key) SELECT "
        + key
        + " FROM "
        + table
        + " WHERE "
        + match
        + " AND "
        + key
        + " IS NOT NEW."
        + key
        + ";";
  }

  @Override
  public void remove() throws SQLException {
    store.update(
        connection -> {
          remove(connection);
        });
  }

  void remove(Connection connection) throws SQLException {
    dropTriggers(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS " + LOG);
    }
  }

  void dropTriggers(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String name : installed(connection)) {
        statement.execute("DROP TRIGGER " + quote(name));
      }
    }
  }

  /** Whether the log and exactly the triggers of this layout are there, text by text. */
  boolean isComplete(Connection connection, @Nullable String retained) throws SQLException {
    TableLayout layout = schema.layout(connection);
    List<String> wanted =
        triggers(connection, layout, retained).stream()
            .map(sql -> sql.substring(sql.indexOf(PREFIX)))
            .sorted()
            .toList();
    List<String> found =
        schema.objects(connection).stream()
            .filter(object -> object.type().equals("trigger") && object.name().startsWith(PREFIX))
            .map(object -> object.sql().substring(object.sql().indexOf(PREFIX)))
            .sorted()
            .toList();
    return wanted.equals(found) && schema.find(connection, "table", LOG).isPresent();
  }

  private static List<String> installed(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE"
                    + " 'whimbrel\\_capture\\_%' ESCAPE '\\' ORDER BY name")) {
      List<String> names = new ArrayList<>();
      while (row.next()) {
        names.add(row.getString(1));
      }
      return names;
    }
  }

  @Override
  public long pending(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean exists =
          Sqlite.number(statement, "SELECT count(*) FROM sqlite_master WHERE name = '" + LOG + "'")
              > 0;
      return exists ? Sqlite.number(statement, "SELECT count(*) FROM " + LOG) : 0;
    }
  }

  /** Whether the log holds a mark that the whole table was emptied. */
  static boolean isEmptied(Statement statement) throws SQLException {
    return Sqlite.number(
            statement, "SELECT EXISTS (SELECT 1 FROM " + LOG + " WHERE memory_key IS NULL)")
        == 1;
  }
}
