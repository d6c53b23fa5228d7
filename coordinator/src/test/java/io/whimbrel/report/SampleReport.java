// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import io.whimbrel.report.Failures.Failure;
import io.whimbrel.report.Failures.Severity;
import io.whimbrel.report.MigrationReport.Backup;
import io.whimbrel.report.MigrationReport.Bytes;
import io.whimbrel.report.MigrationReport.Memories;
import io.whimbrel.report.MigrationReport.Outcome;
import io.whimbrel.report.MigrationReport.Prediction;
import io.whimbrel.report.MigrationReport.Ranges;
import io.whimbrel.report.MigrationReport.Settings;
import io.whimbrel.report.MigrationReport.Store;
import io.whimbrel.report.MigrationReport.Throughput;
import io.whimbrel.report.MigrationReport.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Reports for the tests: one of a run with everything in it, one of a dry run with little. */
final class SampleReport {
  static final String EVIL = "<script>alert('x')</script>";
  private static final Instant START = Instant.parse("2026-11-22T09:30:00Z");

  private SampleReport() {}

  static MigrationReport completed() {
    return completed(List.of(quarantined(EVIL), warning("mem-7")));
  }

  static MigrationReport completed(List<Failure> failures) {
    return new ReportBuilder(
            "42",
            new Store("postgresql://agent:hunter2@db:5432/memory", "PostgreSQL 18", "chunked"),
            Settings.adaptive(9, 2),
            START)
        .memories(Memories.of(134_220, 134_219, 130_000, 4_220, 1, 1))
        .bytes(Bytes.of(16_000_000, 14_900_000, 4_515_151, 41_000_000, 19_500_000, 112_640))
        .throughput(Throughput.of(134_220, 14_900_000, 61_000))
        .course(new Course(2_400, 1_000, List.of(1_800.0, 2_300.5, 0.0, 2_450.0)))
        .ranges(new Ranges(412, 5, 120, 340, 910))
        .rangeDurations(List.of(40L, 41L, 120L, 900L))
        .workers(
            List.of(
                new Worker("w-1", "alpha", 4, 300, 90_000, 10_000_000, 0),
                new Worker("w-2", "beta", 4, 112, 44_220, 4_900_000, 0)))
        .failures(Failures.collect(failures.iterator()))
        .maxFailureRate(0.05)
        .backup(
            new Backup("restore point", "backups/42.dump", 9_000_000, true, "restored and counted"))
        .phase("SNAPSHOT", Duration.ofMillis(2_400))
        .phase("COPYING", Duration.ofSeconds(61))
        .phase("CATCHING_UP", Duration.ofMillis(12_345))
        .nextStep("Check your application, then run `whimbrel finalize`.")
        .nextStep("To go back, run `whimbrel rollback`; a lone ` stays.")
        .note("The publication named agents must be refreshed by its subscribers.")
        .finish(
            Outcome.COMPLETED,
            "134,219 of 134,220 memories were migrated; one was quarantined.",
            START.plusMillis(83_456));
  }

  static MigrationReport dryRun() {
    return new ReportBuilder(
            "43",
            new Store("sqlite:///./data/memory.db", "SQLite", "plain"),
            Settings.fixed(500, 3, 1),
            START)
        .memories(Memories.of(600, 0, 0, 0, 0, 0))
        .prediction(new Prediction(3.02, 12.5, 20_000_000))
        .finish(Outcome.DRY_RUN, "Nothing was written.", START.plusSeconds(3));
  }

  static MigrationReport rolledBack() {
    return new ReportBuilder(
            "44",
            new Store("sqlite:///./data/memory.db", "SQLite", "plain"),
            Settings.adaptive(3, 1),
            START)
        .memories(Memories.of(1_000, 900, 900, 100, 100, 0))
        .maxFailureRate(0.05)
        .finish(
            Outcome.ROLLED_BACK,
            "Too many memories could not be read; the store is as it was.",
            START.plusSeconds(3));
  }

  static Failure quarantined(String key) {
    return new Failure(key, Severity.QUARANTINED, "cut-stream", "ends after 100 characters");
  }

  static Failure warning(String key) {
    return new Failure(key, Severity.WARNING, "cut-text", "content_size says 250 & more");
  }
}
