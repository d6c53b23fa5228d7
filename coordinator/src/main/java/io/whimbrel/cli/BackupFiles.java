// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.sqlite.SqliteStore;
import io.whimbrel.store.StoreBackup.BackupResult;
import io.whimbrel.store.StoreUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Backups as files: a file is SQLite's, a directory PostgreSQL's. */
final class BackupFiles {

  private static final String CHECKSUM = ".crc32c";

  private BackupFiles() {}

  static BackupResult verify(Path backup) throws SQLException, IOException {
    if (Files.isDirectory(backup)) {
      return PostgresStore.verifyBackupFiles(backup);
    }
    try (SqliteStore store =
        SqliteStore.open(new StoreUrl.SqliteUrl(backup), SqliteStore.Access.READ_ONLY)) {
      return store.backup().verify(backup);
    }
  }

  /** Whether an entry of a directory is a backup, and not half of one or the checksum of one. */
  static boolean isBackup(Path entry) {
    String name = entry.getFileName().toString();
    return name.startsWith("whimbrel-m") && !name.endsWith(".partial") && !name.endsWith(CHECKSUM);
  }

  static FileTime modified(Path backup) {
    try {
      return Files.getLastModifiedTime(backup);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static long size(Path backup) {
    try (Stream<Path> files = Files.walk(backup)) {
      return files.filter(Files::isRegularFile).mapToLong(BackupFiles::fileSize).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long fileSize(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path backup) throws IOException {
    try (Stream<Path> files = Files.walk(backup)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    }
    Files.deleteIfExists(backup.resolveSibling(backup.getFileName() + CHECKSUM));
  }
}
