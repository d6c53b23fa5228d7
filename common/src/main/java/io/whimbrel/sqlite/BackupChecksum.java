// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.store.FileChecksum;
import io.whimbrel.store.StoreRefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The checksum of a backup's file, in a file beside it. SQLite's own check looks at the structure
 * of a file: a letter that changed in a text passes it.
 */
final class BackupChecksum {

  private static final String SUFFIX = ".crc32c";

  private BackupChecksum() {}

  static Path fileOf(Path backup) {
    return backup.resolveSibling(backup.getFileName() + SUFFIX);
  }

  /**
   * Writes the checksum of a file that will be the backup.
   *
   * @param checksumFile there already, with the rights that it is to have
   */
  static void write(Path finished, Path backup, Path checksumFile) throws IOException {
    Files.writeString(checksumFile, FileChecksum.of(finished) + "  " + backup.getFileName() + "\n");
  }

  /**
   * Compares a backup with its checksum.
   *
   * @throws StoreRefusedException when they differ, or there is no checksum
   */
  static void check(Path backup) throws IOException {
    Path file = fileOf(backup);
    if (!Files.isRegularFile(file)) {
      throw new StoreRefusedException(
          "the backup "
              + backup
              + " cannot be trusted: its checksum "
              + file.getFileName()
              + " is missing; it belongs beside it");
    }
    String wanted = Files.readString(file, StandardCharsets.UTF_8).split(" ", 2)[0];
    if (!wanted.equals(FileChecksum.of(backup))) {
      throw new StoreRefusedException(
          "the backup " + backup + " is damaged: its checksum is not what it was");
    }
  }
}
