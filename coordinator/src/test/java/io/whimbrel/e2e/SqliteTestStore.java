// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import io.whimbrel.testing.SqliteTableSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A SQLite file in a folder of its own, so that what appears beside it is seen. */
record SqliteTestStore(Path file) implements TestStore {

  private static final AtomicInteger FOLDERS = new AtomicInteger();

  static SqliteTestStore in(Path folder) throws IOException {
    Path own = Files.createDirectory(folder.resolve("sqlite-" + FOLDERS.incrementAndGet()));
    return new SqliteTestStore(own.resolve("memory.db"));
  }

  @Override
  public String url() {
    return "sqlite:///" + file;
  }

  @Override
  public Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  @Override
  public Map<String, List<String>> tables() throws SQLException {
    try (Connection connection = connect()) {
      return SqliteTableSnapshots.of(connection);
    }
  }

  @Override
  public Map<String, List<String>> tables(List<String> memoriesColumns) throws SQLException {
    try (Connection connection = connect()) {
      return SqliteTableSnapshots.of(connection, memoriesColumns);
    }
  }

  @Override
  public List<String> definitions() throws SQLException {
    try (Connection connection = connect()) {
      return SqliteTableSnapshots.definitions(connection);
    }
  }

  @Override
  public List<String> leftovers() throws SQLException {
    return texts(
        "SELECT name FROM sqlite_master WHERE (name LIKE 'whimbrel%' OR name IN"
            + " ('memory_segments', 'memory_dictionaries')) AND type IN ('table', 'trigger')"
            + " ORDER BY 1");
  }

  @Override
  public List<String> memoriesColumns() throws SQLException {
    try (Connection connection = connect()) {
      return SqliteTableSnapshots.columns(connection, "memories");
    }
  }

  @Override
  public SqliteTestStore copy() throws IOException {
    SqliteTestStore copy = empty();
    Files.copy(file, copy.file());
    return copy;
  }

  @Override
  public SqliteTestStore empty() throws IOException {
    return in(file.resolveSibling("..").normalize());
  }

  /**
   * The files in the store's folder with their hashes: what a command that touches nothing leaves.
   */
  Map<String, String> files() throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.list(file.resolveSibling("."))) {
      for (Path path : files.toList()) {
        hashes.put(path.getFileName().toString(), Hashes.sha256(Files.readAllBytes(path)));
      }
    }
    return hashes;
  }
}
