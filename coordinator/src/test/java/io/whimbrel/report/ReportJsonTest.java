// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
  @Test
  void report_isTheSame_afterWritingAndReading() {
    assertThat(ReportJson.read(ReportJson.write(SampleReport.completed())))
        .isEqualTo(SampleReport.completed());
    assertThat(ReportJson.read(ReportJson.write(SampleReport.dryRun())))
        .isEqualTo(SampleReport.dryRun());
  }

  @Test
  void properties_keepTheirOrderAndTimesTheirForm() {
    String json = ReportJson.write(SampleReport.completed());

    assertThat(json)
        .startsWith("{\n  \"schemaVersion\" : 1,\n  \"migrationId\" : \"42\",")
        .containsSubsequence(
            "\"store\"", "\"outcome\" : \"COMPLETED\"", "\"phases\"", "\"failures\"", "\"notes\"")
        .contains("\"startedAt\" : \"2026-11-22T09:30:00Z\"")
        .doesNotContain("hunter2")
        .endsWith("}\n");
  }

  @Test
  void absentParts_areNull_soThatEveryReportHasTheSameShape() {
    assertThat(ReportJson.write(SampleReport.dryRun()))
        .contains("\"backup\" : null", "\"compressionRatio\" : null");
    assertThat(ReportJson.write(SampleReport.completed())).contains("\"prediction\" : null");
  }

  @Test
  void reading_isRefused_whenItIsNoReport() {
    assertThatThrownBy(() -> ReportJson.read("{\"startedAt\": \"yesterday\"}"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("not a migration report");
  }
}
