// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;

/**
 * Writes a report's files into a directory of their own. Reports name memories, hosts and paths, so
 * only their owner may read them, from the first moment they exist. Stateless.
 */
public final class ReportWriter {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Set<PosixFilePermission> OWNER_ENTERS =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OWNER_READS =
      PosixFilePermissions.fromString("rw-------");
  private static final int MAX_ID_IN_NAME = 64;

  private ReportWriter() {}

  /** Where the files are, as absolute paths. */
  public record Written(Path directory, Path json, Path html) {}

  /**
   * Writes {@code report.json} and {@code report.html} into {@code
   * <reportDir>/migration-<id>-<yyyyMMdd-HHmmss>/}, the time being the run's end in UTC. Each file
   * appears complete or not at all; one from an earlier call for the same run is replaced.
   *
   * @throws IOException when a directory or a file cannot be written
   */
  public static Written write(MigrationReport report, Path reportDir) throws IOException {
    String name =
        String.format(
            Locale.ROOT,
            "migration-%s-%s",
            nameOf(report.migrationId()),
            STAMP.format(report.finishedAt()));
    Path directory = reportDir.toAbsolutePath().normalize().resolve(name);
    boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    Files.createDirectories(directory, attributes(posix, OWNER_ENTERS));
    if (posix) {
      Files.setPosixFilePermissions(directory, OWNER_ENTERS);
    }
    Path json = directory.resolve("report.json");
    Path html = directory.resolve("report.html");
    replace(json, ReportJson.write(report), posix);
    replace(html, ReportHtml.render(report), posix);
    return new Written(directory, json, html);
  }

  private static void replace(Path target, String text, boolean posix) throws IOException {
    Path directory = target.resolveSibling(".").normalize();
    Path temporary =
        Files.createTempFile(directory, ".report-", ".tmp", attributes(posix, OWNER_READS));
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        // Without it a power cut could leave the new name on an empty file.
        channel.force(true);
      }
      move(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static FileAttribute<?>[] attributes(boolean posix, Set<PosixFilePermission> allowed) {
    return posix
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(allowed)}
        : new FileAttribute<?>[0];
  }

  /** The id as part of a file name: it must neither leave the directory nor outgrow a name. */
  private static String nameOf(String migrationId) {
    String safe = migrationId.replaceAll("[^A-Za-z0-9_-]", "_");
    return safe.length() <= MAX_ID_IN_NAME ? safe : safe.substring(0, MAX_ID_IN_NAME);
  }
}
