// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.store.StoreKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An application as it was before the migration: it names the columns that it knows, writes plain
 * text, and takes {@code content} for text or NULL. Belongs to one thread.
 */
final class OldApplication implements AutoCloseable {

  private static final String TEXT =
      "content = ?, content_compressed = ?, content_size = ?, version = ?";
  private static final String ALL =
      "title, content, access_level, owner_id, context_id, created_at, updated_at, version,"
          + " is_active, memory_metadata, embedding_vector, content_compressed, content_size,"
          + " access_count, last_accessed";

  private final Values values;
  private final StoreKind database;
  private final Statements statements;
  private final String row;
  private final String titles;

  OldApplication(Connection connection, StoreKind database, Values values) {
    this.values = values;
    this.database = database;
    this.statements = new Statements(connection);
    boolean sqlite = database == StoreKind.SQLITE;
    String time = sqlite ? "?" : "CAST(? AS timestamp)";
    String json = sqlite ? "?" : "CAST(? AS json)";
    this.row = "?, ?, ?, ?, NULL, " + time + ", " + time + ", ?, ?, " + json + ", ?, ?, ?, ?, NULL";
    this.titles = "title = ?, access_count = ?, updated_at = " + time;
  }

  /** What the application sees of a row. */
  record Seen(String title, @Nullable String content, long size, long number, long accessCount) {}

  /**
   * Does it and commits.
   *
   * @return the keys that the database gave, in the order of the rows
   */
  List<Long> perform(Operation operation) throws SQLException {
    return switch (operation.kind()) {
      case INSERT, BULK_INSERT -> insert(operation.changes());
      case INSERT_AGAIN -> insertKeyed("INSERT", operation.only(), "");
      case UPDATE_CONTENT -> updateContent(operation.only());
      case UPDATE_COLUMNS -> updateColumns(operation.only());
      case DELETE -> delete(operation.only().knownKey());
      case MOVE ->
          move(operation.changes().get(0).knownKey(), operation.changes().get(1).knownKey());
      case UPSERT -> upsert(operation.only());
      case REPLACE ->
          database == StoreKind.SQLITE
              ? insertKeyed("INSERT OR REPLACE", operation.only(), "")
              : upsert(operation.only());
      case READ, LIBRARY_READ -> throw new IllegalArgumentException("not a write");
    };
  }

  private List<Long> insert(List<Change> changes) throws SQLException {
    List<@Nullable Object> bound = new ArrayList<>();
    changes.forEach(change -> bindRow(bound, change.presentAfter().rest()));
    String rows = String.join("), (", Collections.nCopies(changes.size(), row));
    PreparedStatement insert =
        statements.bind(
            "INSERT INTO memories (" + ALL + ") VALUES (" + rows + ") RETURNING id",
            bound.toArray());
    List<Long> keys = new ArrayList<>();
    try (ResultSet result = insert.executeQuery()) {
      while (result.next()) {
        keys.add(result.getLong(1));
      }
    }
    // Neither database promises the order of these, but both give ascending keys in it.
    Collections.sort(keys);
    return keys;
  }

  private List<Long> insertKeyed(String verb, Change change, String conflict) throws SQLException {
    List<@Nullable Object> bound = new ArrayList<>();
    bound.add(change.knownKey());
    RowState after = change.presentAfter();
    bindRow(bound, after.text());
    return one(
        statements.bind(
            verb + " INTO memories (id, " + ALL + ") VALUES (?, " + row + ")" + conflict,
            bound.toArray()));
  }

  private List<Long> upsert(Change change) throws SQLException {
    return insertKeyed(
        "INSERT",
        change,
        " ON CONFLICT (id) DO UPDATE SET content = excluded.content, content_compressed ="
            + " excluded.content_compressed, content_size = excluded.content_size, version ="
            + " excluded.version, title = excluded.title, access_count = excluded.access_count,"
            + " updated_at = excluded.updated_at");
  }

  private void bindRow(List<@Nullable Object> bound, long version) {
    String content = values.content(version);
    bound.add(values.title(version));
    bound.add(content);
    bound.add("user");
    bound.add(1);
    bound.add(values.time(version));
    bound.add(values.time(version));
    bound.add(Versions.number(version));
    bound.add(true);
    bound.add(values.metadata(version));
    bound.add(values.hasEmbedding(version) ? values.embedding(version) : new byte[0]);
    bound.add(false);
    bound.add(content.codePointCount(0, content.length()));
    bound.add(values.accessCount(version));
  }

  private List<Long> updateContent(Change change) throws SQLException {
    long version = change.presentAfter().text();
    String content = values.content(version);
    return one(
        statements.bind(
            "UPDATE memories SET " + TEXT + " WHERE id = ?",
            content,
            false,
            content.codePointCount(0, content.length()),
            Versions.number(version),
            change.knownKey()));
  }

  private List<Long> updateColumns(Change change) throws SQLException {
    long version = change.presentAfter().title();
    return one(
        statements.bind(
            "UPDATE memories SET " + titles + " WHERE id = ?",
            values.title(version),
            values.accessCount(version),
            values.time(version),
            change.knownKey()));
  }

  /** With what hangs on the memory, where the database insists; else that is left, as ever. */
  private List<Long> delete(long key) throws SQLException {
    if (database == StoreKind.SQLITE) {
      return one(statements.bind("DELETE FROM memories WHERE id = ?", key));
    }
    return together(
        () -> {
          for (String child :
              List.of(
                  "relations WHERE source_memory_id",
                  "relations WHERE target_memory_id",
                  "memory_versions WHERE memory_id",
                  "memory_chunks WHERE memory_id")) {
            statements.bind("DELETE FROM " + child + " = ?", key).executeUpdate();
          }
          return one(statements.bind("DELETE FROM memories WHERE id = ?", key));
        });
  }

  /** With its chunks, which are part of its content; those of a memory deleted before go. */
  private List<Long> move(long from, long to) throws SQLException {
    return together(
        () -> {
          statements.bind("DELETE FROM memory_chunks WHERE memory_id = ?", to).executeUpdate();
          List<Long> none =
              one(statements.bind("UPDATE memories SET id = ? WHERE id = ?", to, from));
          if (database == StoreKind.SQLITE) {
            statements
                .bind("UPDATE memory_chunks SET memory_id = ? WHERE memory_id = ?", to, from)
                .executeUpdate();
          }
          return none;
        });
  }

  /** Several statements, all of them or none. */
  private interface Steps {
    List<Long> run() throws SQLException;
  }

  private List<Long> together(Steps steps) throws SQLException {
    Connection connection = statements.connection();
    if (database == StoreKind.SQLITE) {
      return togetherOnSqlite(connection, steps);
    }
    connection.setAutoCommit(false);
    try {
      List<Long> keys = steps.run();
      connection.commit();
      connection.setAutoCommit(true);
      return keys;
    } catch (SQLException e) {
      undo(connection, e);
      throw e;
    }
  }

  /**
   * By SQL of its own: when the driver's beginning of a transaction meets a lock, it takes itself
   * for inside of one ever after, and every later commit fails though the writes were done.
   */
  private static List<Long> togetherOnSqlite(Connection connection, Steps steps)
      throws SQLException {
    try (Statement transaction = connection.createStatement()) {
      transaction.execute("BEGIN IMMEDIATE");
      try {
        List<Long> keys = steps.run();
        transaction.execute("COMMIT");
        return keys;
      } catch (SQLException e) {
        rollBack(transaction, e);
        throw e;
      }
    }
  }

  private static void rollBack(Statement transaction, SQLException failure) {
    try {
      transaction.execute("ROLLBACK");
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private static void undo(Connection connection, SQLException failure) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  /** An application that knows a row finds it; one that does not has lost it. */
  private static List<Long> one(PreparedStatement statement) throws SQLException {
    int rows = statement.executeUpdate();
    if (rows != 1) {
      throw new RowMissingException("rows=" + rows);
    }
    return List.of();
  }

  /** Null when there is no such row. */
  @Nullable Seen read(long key) throws SQLException {
    PreparedStatement select =
        statements.bind(
            "SELECT title, content, content_size, version, access_count FROM memories WHERE id = ?",
            key);
    try (ResultSet found = select.executeQuery()) {
      return found.next()
          ? new Seen(
              found.getString(1),
              found.getString(2),
              found.getLong(3),
              found.getLong(4),
              found.getLong(5))
          : null;
    }
  }

  /** The key of the row with this title, or null; looks through the whole table. */
  @Nullable Long find(String title) throws SQLException {
    try (ResultSet found =
        statements.bind("SELECT id FROM memories WHERE title = ?", title).executeQuery()) {
      return found.next() ? found.getLong(1) : null;
    }
  }

  @Override
  public void close() throws SQLException {
    statements.close();
  }
}
