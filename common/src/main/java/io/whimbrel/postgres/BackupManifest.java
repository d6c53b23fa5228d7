// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.FileChecksum;
import io.whimbrel.store.StoreRefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The checksums of a backup's files, kept beside them: a cut file can still look like an archive.
 */
final class BackupManifest {

  static final String FILE = "whimbrel-backup.crc32c";

  private BackupManifest() {}

  /** Writes the checksums, takes every right from everybody else, and returns the size. */
  static long seal(Path backup) throws IOException {
    Map<String, String> checksums = checksums(backup);
    StringBuilder text = new StringBuilder();
    checksums.forEach(
        (name, checksum) -> text.append(checksum).append("  ").append(name).append('\n'));
    Files.writeString(backup.resolve(FILE), text, StandardCharsets.UTF_8);
    long bytes = 0;
    for (Path file : files(backup)) {
      if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      bytes += Files.size(file);
    }
    return bytes;
  }

  /**
   * Compares the files with their checksums.
   *
   * @return how many files there are
   * @throws StoreRefusedException when one is missing, added or different
   */
  static int check(Path backup) throws IOException {
    Path manifest = backup.resolve(FILE);
    if (!Files.isRegularFile(manifest)) {
      throw new StoreRefusedException(
          "not a finished backup, its " + FILE + " is missing: " + backup);
    }
    Map<String, String> expected = new TreeMap<>();
    for (String line : Files.readAllLines(manifest, StandardCharsets.UTF_8)) {
      String[] parts = line.split("  ", 2);
      if (parts.length == 2) {
        expected.put(parts[1], parts[0]);
      }
    }
    Map<String, String> found = checksums(backup);
    if (!expected.equals(found)) {
      Set<String> different = new java.util.TreeSet<>(expected.keySet());
      different.addAll(found.keySet());
      different.removeIf(name -> found.getOrDefault(name, "").equals(expected.get(name)));
      throw new StoreRefusedException(
          "the backup is damaged, these files differ from their checksums: " + different);
    }
    return found.size();
  }

  private static Map<String, String> checksums(Path backup) throws IOException {
    Map<String, String> checksums = new TreeMap<>();
    for (Path file : files(backup)) {
      String name = backup.relativize(file).toString();
      if (!name.equals(FILE)) {
        checksums.put(name, FileChecksum.of(file));
      }
    }
    return checksums;
  }

  private static List<Path> files(Path backup) throws IOException {
    try (Stream<Path> files = Files.walk(backup)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
