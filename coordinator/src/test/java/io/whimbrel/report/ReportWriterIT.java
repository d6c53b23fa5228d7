// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.whimbrel.report.MigrationReport.Outcome;
import io.whimbrel.report.MigrationReport.Settings;
import io.whimbrel.report.MigrationReport.Store;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportWriterIT {
  private final Path temp;

  ReportWriterIT(@TempDir Path temp) {
    this.temp = temp;
  }

  @Test
  void files_areInADirectoryNamedForTheRun() throws IOException {
    var written = ReportWriter.write(SampleReport.completed(), temp.resolve("new/reports"));

    assertThat(written.directory())
        .isEqualTo(temp.resolve("new/reports/migration-42-20261122-093123"));
    assertThat(ReportJson.read(Files.readString(written.json())))
        .isEqualTo(SampleReport.completed());
    assertThat(written.html()).content().startsWith("<!DOCTYPE html>");
    assertThat(namesIn(written.directory())).containsExactly("report.html", "report.json");
  }

  @Test
  void onlyTheOwner_mayReadThem() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));

    Path reports = temp.resolve("reports");
    var written = ReportWriter.write(SampleReport.completed(), reports);

    assertThat(mode(reports)).isEqualTo("rwx------");
    assertThat(mode(written.directory())).isEqualTo("rwx------");
    assertThat(mode(written.json())).isEqualTo("rw-------");
    assertThat(mode(written.html())).isEqualTo("rw-------");
  }

  @Test
  void files_areReplaced_whenTheSameRunIsReportedAgain() throws IOException {
    var first = ReportWriter.write(SampleReport.completed(), temp);
    Files.writeString(first.json(), "half a fi");

    var second = ReportWriter.write(SampleReport.completed(), temp);

    assertThat(second).isEqualTo(first);
    assertThat(ReportJson.read(Files.readString(second.json()))).isNotNull();
  }

  @Test
  void migrationId_cannotLeaveTheReportDirectory() throws IOException {
    MigrationReport report =
        new ReportBuilder(
                "../../etc/x" + "y".repeat(500),
                new Store("sqlite:///x", "SQLite", "plain"),
                Settings.fixed(1, 3, 1),
                Instant.parse("2026-11-22T09:30:00Z"))
            .finish(Outcome.FAILED, "It broke.", Instant.parse("2026-11-22T09:30:01Z"));

    var written = ReportWriter.write(report, temp);

    assertThat(written.directory().getParent()).isEqualTo(temp.toAbsolutePath());
  }

  @Test
  void nothingIsLeftBehind_whenAFileCannotBeWritten() throws IOException {
    Path directory = temp.resolve("migration-42-20261122-093123");
    Files.createDirectories(directory.resolve("report.json/in-the-way"));

    assertThatThrownBy(() -> ReportWriter.write(SampleReport.completed(), temp))
        .isInstanceOf(IOException.class);
    assertThat(namesIn(directory)).containsExactly("report.json");
  }

  private static List<String> namesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
