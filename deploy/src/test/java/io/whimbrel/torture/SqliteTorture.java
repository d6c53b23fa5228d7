// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.testing.SqliteTableSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A file made by copying another. */
record SqliteTorture(Path file) implements TortureStore {

  static SqliteTorture fresh(SqliteTorture template, Path folder) throws IOException {
    SqliteTorture store = new SqliteTorture(folder.resolve("memory.db"));
    Files.copy(template.file(), store.file(), StandardCopyOption.REPLACE_EXISTING);
    return store;
  }

  @Override
  public String url() {
    return "sqlite:///" + file;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of();
  }

  @Override
  public Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=5000");
  }

  @Override
  public StoreImage image(StoreImage.Columns columns) throws SQLException {
    try (Connection connection = connect()) {
      List<String> all = SqliteTableSnapshots.columns(connection, "memories");
      List<String> definitions = new ArrayList<>(SqliteTableSnapshots.definitions(connection));
      definitions.addAll(
          TortureStore.texts(
              connection, "SELECT 'journal mode ' || journal_mode FROM pragma_journal_mode"));
      definitions.addAll(
          TortureStore.texts(
              connection, "SELECT 'integrity ' || integrity_check FROM pragma_integrity_check"));
      List<String> ours =
          TortureStore.texts(
              connection,
              "SELECT type || ' ' || name FROM sqlite_master WHERE name LIKE 'whimbrel%' OR"
                  + " tbl_name LIKE 'whimbrel%' OR tbl_name IN ('memory_segments',"
                  + " 'memory_dictionaries') ORDER BY 1");
      return new StoreImage(
          texts(),
          StoreImage.rowsOf(
              columns == StoreImage.Columns.ALL
                  ? SqliteTableSnapshots.of(connection)
                  : SqliteTableSnapshots.of(connection, StoreImage.carried(all))),
          definitions,
          ours,
          TortureStore.failures(connection, ours));
    }
  }

  @Override
  public void close() throws IOException {
    for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
      Files.deleteIfExists(Path.of(file + suffix));
    }
  }
}
