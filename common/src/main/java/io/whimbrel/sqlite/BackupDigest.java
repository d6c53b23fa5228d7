// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.store.StoreRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a backup's file, in a file beside it, as {@code sha256sum} writes it. SQLite's own
 * check looks at the structure of a file: a letter that changed in a text passes it.
 */
final class BackupDigest {

  private static final String SUFFIX = ".sha256";
  private static final int BUFFER_BYTES = 1 << 16;

  private BackupDigest() {}

  static Path fileOf(Path backup) {
    return backup.resolveSibling(backup.getFileName() + SUFFIX);
  }

  /**
   * Writes the digest of a file that will be the backup.
   *
   * @param digestFile there already, with the rights that it is to have
   */
  static void write(Path finished, Path backup, Path digestFile) throws IOException {
    Files.writeString(digestFile, digest(finished) + "  " + backup.getFileName() + "\n");
  }

  /**
   * Compares a backup with its digest.
   *
   * @throws StoreRefusedException when they differ, or there is no digest
   */
  static void check(Path backup) throws IOException {
    Path file = fileOf(backup);
    if (!Files.isRegularFile(file)) {
      throw new StoreRefusedException(
          "the backup "
              + backup
              + " cannot be trusted: its digest "
              + file.getFileName()
              + " is missing; it belongs beside it");
    }
    String wanted = Files.readString(file, StandardCharsets.UTF_8).split(" ", 2)[0];
    if (!wanted.equals(digest(backup))) {
      throw new StoreRefusedException(
          "the backup " + backup + " is damaged: its SHA-256 is not what it was");
    }
  }

  private static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER_BYTES];
      int read = in.read(buffer);
      while (read >= 0) {
        digest.update(buffer, 0, read);
        read = in.read(buffer);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
