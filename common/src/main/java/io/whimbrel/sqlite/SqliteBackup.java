// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.ledger.LedgerSchema;
import io.whimbrel.store.StoreBackup;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.sqlite.SQLiteConnection;

/**
 * Backups of a SQLite store through SQLite's own backup API, in one step, so that writers cannot
 * make it start over.
 */
final class SqliteBackup implements StoreBackup {

  private final SqliteStore store;

  SqliteBackup(SqliteStore store) {
    this.store = store;
  }

  @Override
  public void checkPossible() {
    // SQLite carries its own backup; only the disk can be short, and inspect looks at that.
  }

  @Override
  public BackupResult take(Path directory, String name) throws SQLException, IOException {
    createOwnerOnlyDirectory(directory);
    Path target = directory.resolve(name + ".db");
    Path partial = directory.resolve(name + ".db.partial");
    Files.deleteIfExists(partial);
    createOwnerOnly(partial);
    Map<String, Long> before;
    long version;
    try (Connection source = store.connect();
        Statement statement = source.createStatement()) {
      version = Sqlite.number(statement, "PRAGMA data_version");
      before = counts(source);
      copy(source, partial);
      boolean quiet = version == Sqlite.number(statement, "PRAGMA data_version");
      settle(partial);
      BackupResult result = check(partial, quiet ? before : Map.of());
      Path checksum = BackupChecksum.fileOf(target);
      Files.deleteIfExists(checksum);
      createOwnerOnly(checksum);
      BackupChecksum.write(partial, target, checksum);
      Files.move(partial, target);
      return new BackupResult(target, result.sizeBytes(), result.check());
    }
  }

  private static void createOwnerOnlyDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (UnsupportedOperationException e) {
      Files.createDirectories(directory);
    }
  }

  private static void createOwnerOnly(Path file) throws IOException {
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (UnsupportedOperationException e) {
      Files.createFile(file);
    }
  }

  private static void copy(Connection source, Path target) throws SQLException {
    int result =
        source
            .unwrap(SQLiteConnection.class)
            .getDatabase()
            .backup("main", target.toString(), null, 50, 200, -1);
    if (result != 0) {
      throw new SQLException("the backup API ended with code " + result);
    }
  }

  // The backup shows the store without this run: restored, it must not look like a migration that
  // stopped half-way.
  private static void settle(Path backup) throws SQLException {
    try (SqliteStore copy =
            SqliteStore.open(new StoreUrl.SqliteUrl(backup), SqliteStore.Access.READ_WRITE);
        SqliteWriter.Turn writer = copy.lockWriter();
        Statement statement = writer.connection().createStatement()) {
      Sqlite.text(statement, "PRAGMA journal_mode = DELETE");
      writer.begin(SqliteStore.PATIENCE);
      boolean ledger =
          Sqlite.number(
                  statement,
                  "SELECT count(*) FROM sqlite_master WHERE name = 'whimbrel_migrations'")
              > 0;
      boolean retained =
          ledger
              && Sqlite.number(
                      statement,
                      "SELECT count(*) FROM whimbrel_migrations WHERE state = 'COMPLETED'")
                  > 0;
      // While a legacy table is kept, the log holds what a rollback must carry back.
      if (!retained) {
        new SqliteCapture(copy, new SqliteSchema()).remove(writer.connection());
      }
      if (ledger && Sqlite.number(statement, "SELECT count(*) FROM whimbrel_migrations") <= 1) {
        for (String table : LedgerSchema.TABLES) {
          statement.execute("DROP TABLE IF EXISTS " + table);
        }
      } else if (ledger) {
        statement.execute(
            "UPDATE whimbrel_migrations SET state = 'ROLLED_BACK', reason = 'this file is the"
                + " backup taken before it' WHERE state NOT IN ('COMPLETED', 'FINALIZED',"
                + " 'ROLLED_BACK')");
      }
      writer.commit();
    }
  }

  private static BackupResult check(Path backup, Map<String, Long> wanted)
      throws SQLException, IOException {
    long sizeBytes = Files.size(backup);
    try (SqliteStore copy =
        SqliteStore.open(new StoreUrl.SqliteUrl(backup), SqliteStore.Access.READ_ONLY)) {
      return copy.read(
          connection -> {
            try (Statement statement = connection.createStatement()) {
              String integrity = Sqlite.text(statement, "PRAGMA integrity_check(1)");
              if (!integrity.equals("ok")) {
                throw new StoreRefusedException(
                    "the backup " + backup + " is damaged: " + integrity);
              }
            }
            Map<String, Long> found = counts(connection);
            for (Map.Entry<String, Long> table : wanted.entrySet()) {
              Long rows = found.get(table.getKey());
              if (!table.getValue().equals(rows)) {
                throw new StoreRefusedException(
                    "the backup "
                        + backup
                        + " holds "
                        + rows
                        + " rows of "
                        + table.getKey()
                        + ", the store "
                        + table.getValue());
              }
            }
            long rows = found.values().stream().mapToLong(Long::longValue).sum();
            return new BackupResult(
                backup,
                sizeBytes,
                "integrity check passed; "
                    + rows
                    + " rows in "
                    + found.size()
                    + " tables"
                    + (wanted.isEmpty() ? "" : ", as many as in the store"));
          });
    }
  }

  private static Map<String, Long> counts(Connection connection) throws SQLException {
    Map<String, Long> counts = new TreeMap<>();
    try (Statement statement = connection.createStatement()) {
      TreeMap<String, String> tables = new TreeMap<>();
      try (ResultSet row =
          statement.executeQuery(
              "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE"
                  + " 'whimbrel\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")) {
        while (row.next()) {
          tables.put(row.getString(1), String.valueOf(row.getString(2)));
        }
      }
      for (Map.Entry<String, String> table : tables.entrySet()) {
        // Counting a virtual table would load its module.
        if (!Sqlite.lower(table.getValue()).startsWith("create virtual")) {
          counts.put(
              table.getKey(),
              Sqlite.number(statement, "SELECT count(*) FROM " + quote(table.getKey())));
        }
      }
    }
    return counts;
  }

  @Override
  public BackupResult verify(Path backup) throws SQLException, IOException {
    if (!Files.isRegularFile(backup)) {
      throw new StoreRefusedException("there is no backup file " + backup);
    }
    BackupChecksum.check(backup);
    BackupResult sound = check(backup, Map.of());
    return new BackupResult(
        backup, sound.sizeBytes(), "the file matches its checksum; " + sound.check());
  }

  @Override
  public void restore(Path backup) throws SQLException, IOException {
    verify(backup);
    try (SqliteWriter.Turn writer = store.lockWriter()) {
      store.spareReader().suspend();
      int result =
          writer
              .connection()
              .unwrap(SQLiteConnection.class)
              .getDatabase()
              .restore("main", backup.toString(), null, 50, 200, -1);
      if (result != 0) {
        throw new SQLException("the backup API ended with code " + result);
      }
      writer.reconnect();
    } finally {
      store.spareReader().resume();
    }
  }
}
