// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.whimbrel.reader.JsonLinesExporter;
import io.whimbrel.reader.MemoryReader;
import io.whimbrel.store.StoreUrl;
import io.whimbrel.testing.SqliteTableSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An application's store, and its own connection to it, with the driver's usual settings. */
final class AgentStore implements AutoCloseable {

  /** Integer keys, a flag and a size, chunks, a unique index, and a table that refers to it. */
  static final List<String> CURRENT =
      List.of(
          "CREATE TABLE memories (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(200) NOT NULL,"
              + " content TEXT NOT NULL, slug TEXT, content_compressed BOOLEAN, content_size"
              + " INTEGER)",
          "CREATE UNIQUE INDEX ix_memories_slug ON memories (slug)",
          "CREATE INDEX ix_memories_title ON memories (title)",
          "CREATE TABLE memory_chunks (id INTEGER PRIMARY KEY, memory_id INTEGER REFERENCES"
              + " memories (id), chunk_index INTEGER NOT NULL, chunk_data TEXT NOT NULL,"
              + " chunk_metadata JSON, compression_type VARCHAR(20))",
          "CREATE TABLE relations (id INTEGER PRIMARY KEY, memory_id INTEGER REFERENCES memories"
              + " (id))");

  /** Text keys that ignore case, a UNIQUE in the table's own text, hidden rowids, no flag. */
  static final List<String> TEXT_KEYS =
      List.of(
          "CREATE TABLE memories (id TEXT COLLATE NOCASE PRIMARY KEY, title TEXT NOT NULL, content"
              + " TEXT NOT NULL, slug TEXT UNIQUE)");

  final Path file;
  private final Connection connection;

  private AgentStore(Path file) throws SQLException {
    this.file = file;
    this.connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    run("PRAGMA busy_timeout = 5000");
  }

  static AgentStore create(Path file, List<String> layout) throws SQLException {
    AgentStore store = new AgentStore(file);
    layout.forEach(store::run);
    return store;
  }

  /** Another connection to the same store. */
  AgentStore another() throws SQLException {
    return new AgentStore(file);
  }

  /** Adds memories with the keys 1 to n, in one transaction. */
  void fill(int n) {
    run("BEGIN");
    for (int id = 1; id <= n; id++) {
      add(id, "v1");
    }
    run("COMMIT");
  }

  void add(int id, String version) {
    run(
        "INSERT INTO memories (id, title, content, slug) VALUES (?, ?, ?, ?)",
        id,
        "title " + id,
        text(id, version),
        "slug-" + id);
  }

  static String text(int id, String version) {
    return "memory " + id + " in its version " + version + " says what an agent wants to keep";
  }

  void rewrite(int id, String version) {
    run("UPDATE memories SET content = ? WHERE id = ?", text(id, version), id);
  }

  void run(String sql, Object... parameters) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  long number(String query) {
    return Long.parseLong(value(query));
  }

  String value(String query) {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? Objects.requireNonNullElse(row.getString(1), "null") : "none";
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  /** Every row of every table, storage classes included. */
  Map<String, List<String>> tables() {
    try {
      return SqliteTableSnapshots.of(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  List<String> definitions() {
    try {
      return SqliteTableSnapshots.definitions(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every memory with its decoded text, whichever form it is in; the flag is left out. */
  String export() throws IOException {
    try (MemoryReader reader = MemoryReader.open(new StoreUrl.SqliteUrl(file), Map.of())) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      new JsonLinesExporter().export(reader, out);
      return out.toString(UTF_8).replaceAll(",?\"content_(compressed|size)\":[^,}]*", "");
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
