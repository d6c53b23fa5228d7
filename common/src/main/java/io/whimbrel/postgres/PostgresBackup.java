// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.StoreBackup;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Backups by pg_dump in its directory format, from one exported snapshot. */
final class PostgresBackup implements StoreBackup {

  private static final int JOBS = 2;

  private final PostgresStore store;
  private final ClientPrograms programs;

  PostgresBackup(PostgresStore store) {
    this.store = store;
    this.programs = new ClientPrograms(store.source());
  }

  @Override
  public void checkPossible() throws SQLException {
    try {
      programs.requireVersion("pg_dump", store.serverMajor());
      programs.requireVersion("pg_restore", store.serverMajor());
    } catch (IOException e) {
      throw new StoreRefusedException(
          "the PostgreSQL client programs cannot be run: " + e.getMessage(), e);
    }
  }

  @Override
  public BackupResult take(Path directory, String name) throws SQLException, IOException {
    checkPossible();
    Path target = directory.resolve(name);
    if (Files.exists(target)) {
      throw new StoreRefusedException("there is something of that name already: " + target);
    }
    createPrivate(directory);
    // The transaction stays open so that every job of the dump can join its snapshot.
    try (Connection connection = store.source().openDirect()) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      String snapshot = Catalog.texts(connection, "SELECT pg_export_snapshot()").get(0);
      programs.run(
          List.of(
              programs.find("pg_dump").toString(),
              "--no-password",
              "--format=directory",
              "--jobs=" + JOBS,
              "--snapshot=" + snapshot,
              "--file=" + target));
      connection.rollback();
    }
    long bytes = BackupManifest.seal(target);
    return new BackupResult(target, bytes, readBack(target));
  }

  private static void createPrivate(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
      if (!Files.getFileStore(parent).supportsFileAttributeView("posix")) {
        Files.createDirectory(directory);
        return;
      }
    }
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @Override
  public BackupResult verify(Path backup) throws SQLException, IOException {
    BackupManifest.check(backup);
    long bytes = 0;
    try (var files = Files.walk(backup)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return new BackupResult(backup, bytes, readBack(backup));
  }

  /** Reads the whole archive as a restore would, and looks for the memories in its contents. */
  private String readBack(Path backup) throws IOException {
    String restore = programs.find("pg_restore").toString();
    String memories =
        "TABLE DATA "
            + store.qualifier().replace("\"", "").replace(".", " ")
            + TableLayout.TABLE
            + " ";
    List<String> contents = new ArrayList<>();
    try {
      Path list = Files.createTempFile("whimbrel-backup", ".list");
      try {
        programs.run(List.of(restore, "--list", "--file=" + list, backup.toString()));
        contents.addAll(Files.readAllLines(list));
      } finally {
        Files.delete(list);
      }
      programs.run(List.of(restore, "--file=/dev/null", backup.toString()));
    } catch (IOException e) {
      throw new StoreRefusedException("the backup is damaged: " + e.getMessage(), e);
    }
    if (contents.stream().noneMatch(line -> line.contains(memories))) {
      throw new StoreRefusedException("the backup holds no data of the table memories: " + backup);
    }
    long tables = contents.stream().filter(line -> line.contains(" TABLE DATA ")).count();
    return "pg_restore read the whole archive back, "
        + tables
        + " tables with memories among them, and "
        + BackupManifest.check(backup)
        + " files match their checksums";
  }

  @Override
  public void restore(Path backup) throws SQLException, IOException {
    verify(backup);
    programs.requireVersion("psql", store.serverMajor());
    new RestoreRun(programs, store.qualifier()).run(backup);
  }

  @Override
  public String restorePoint(String name) throws SQLException {
    try {
      return store.write(
          connection -> {
            try (PreparedStatement select =
                connection.prepareStatement("SELECT pg_create_restore_point(?)::text")) {
              select.setString(1, name);
              try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getString(1);
              }
            }
          });
    } catch (SQLException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new StoreRefusedException("a restore point could not be made: " + why, e);
    }
  }
}
