// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SummaryTableTest {
  @Test
  void table_isAlignedAndInHumanUnits() {
    String table = SummaryTable.render(SampleReport.completed());

    assertThat(table.lines())
        .contains(
            "Migration         42: Completed",
            "Memories          134,219 of 134,220 migrated (>99.9%)",
            "  quarantined     1 (failure rate <0.1%, at most 5.0% allowed)",
            "Content           14.9 MB -> 4.5 MB (3.30x)",
            "  Copying         1 min 01 s",
            "  w-1              67.1%  90,000 memories, 4 threads, alpha")
        .allSatisfy(line -> assertThat(line).matches("(?s).{17} .*|\\S.*"));
  }

  @Test
  void table_endsWithThePlacesOfTheReports() {
    Path directory = Path.of("reports", "migration-42");
    var written =
        new ReportWriter.Written(
            directory, directory.resolve("report.json"), directory.resolve("report.html"));

    assertThat(SummaryTable.render(SampleReport.completed(), written).lines())
        .endsWith("Reports           " + written.html(), "                  " + written.json());
  }

  @Test
  void table_holdsNoControlCodes_whateverTheStoreSays() {
    MigrationReport report =
        SampleReport.completed(
            java.util.List.of(
                new Failures.Failure("k", Failures.Severity.WARNING, "a\u001b[31m\nb", "")));

    assertThat(SummaryTable.render(report)).contains("a?[31m b").doesNotContain("\u001b");
  }

  @Test
  void dryRun_showsItsForecast() {
    assertThat(SummaryTable.render(SampleReport.dryRun()))
        .contains("3.02x compression, in about 12.5 s; needs 20.0 MB of free disk");
  }

  @Test
  void reasons_standUnderTheirKind() {
    assertThat(SummaryTable.render(SampleReport.completed()).lines())
        .containsSubsequence(
            "                  1 cut-stream",
            "  warnings        1",
            "                  1 cut-text");
  }

  @Test
  void rolledBackRun_doesNotClaimMigratedMemories() {
    assertThat(SummaryTable.render(SampleReport.rolledBack()))
        .contains("900 of 1,000 copied, then undone (90.0%)")
        .doesNotContain("migrated (", "lazily");
  }

  @Test
  void unmeasuredNumbers_areLeftOut() {
    assertThat(SummaryTable.render(SampleReport.dryRun()))
        .contains("Memories          600 in the store")
        .doesNotContain("Speed", "Ranges", "Workers", "quarantined", "0 B");
  }
}
