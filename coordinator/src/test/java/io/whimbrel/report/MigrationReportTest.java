// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.whimbrel.report.MigrationReport.Bytes;
import io.whimbrel.report.MigrationReport.Memories;
import io.whimbrel.report.MigrationReport.Outcome;
import io.whimbrel.report.MigrationReport.Settings;
import io.whimbrel.report.MigrationReport.Store;
import io.whimbrel.report.MigrationReport.Throughput;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MigrationReportTest {
  @Test
  void rates_followFromTheCounts() {
    Memories memories = Memories.of(200, 150, 100, 100, 50, 3);

    assertThat(memories.successRate()).isEqualTo(0.75);
    assertThat(memories.lazyLoadingRatio()).isEqualTo(0.5);
    assertThat(memories.failureRate()).isEqualTo(0.25);
  }

  @Test
  void rates_stayFractions_whenTheStoreGrewDuringTheRun() {
    Memories memories = Memories.of(100, 130, 120, 10, 0, 0);

    assertThat(memories.successRate()).isEqualTo(1);
    assertThat(memories.lazyLoadingRatio()).isEqualTo(1);
  }

  @Test
  void emptyStore_hasNoFailuresAndNoRatio() {
    assertThat(Memories.NONE.successRate()).isEqualTo(1);
    assertThat(Memories.NONE.lazyLoadingRatio()).isZero();
    assertThat(Memories.NONE.failureRate()).isZero();
    assertThat(Bytes.NONE.compressionRatio()).isNull();
    assertThat(Throughput.of(5, 5, 0)).isEqualTo(Throughput.NONE);
  }

  @Test
  void throughput_countsDecimalMegabytes() {
    Throughput throughput = Throughput.of(1_000, 3_000_000, 2_000);

    assertThat(throughput.memoriesPerSecond()).isEqualTo(500);
    assertThat(throughput.rawMegabytesPerSecond()).isEqualTo(1.5);
  }

  @Test
  void shares_addUpToOne() {
    MigrationReport report = SampleReport.completed();

    assertThat(report.workers().stream().mapToDouble(w -> w.share()).sum())
        .isCloseTo(1, within(1e-9));
    assertThat(report.workers().get(0).share()).isCloseTo(90_000.0 / 134_220, within(1e-9));
  }

  @Test
  void password_isGone_evenWhenTheCallerForgotIt() {
    assertThat(SampleReport.completed().store().url())
        .isEqualTo("postgresql://agent:***@db:5432/memory");
  }

  @Test
  void report_canBeMade_whenTheRunBrokeAtOnceAndTheClockWasSetBack() {
    Instant start = Instant.parse("2026-11-22T09:30:00Z");

    MigrationReport report =
        new ReportBuilder(
                "1", new Store("sqlite:///x", "SQLite", "?"), Settings.fixed(1, 3, 1), start)
            .finish(Outcome.FAILED, "The disk is full.", start.minusSeconds(5));

    assertThat(report.elapsedMillis()).isZero();
    assertThat(report.workers()).isEmpty();
  }

  @Test
  void refusesWhatJsonOrAReaderCannotTake() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Throughput(Double.NaN, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Bytes.of(-1, 0, 0, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Settings(5, true, 3, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Memories(1, 1, 1, 0, 0, 0, 1.5, 0))
        .withMessageContaining("successRate");
  }
}
