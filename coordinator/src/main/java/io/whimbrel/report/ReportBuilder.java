// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import io.whimbrel.report.MigrationReport.Backup;
import io.whimbrel.report.MigrationReport.Bytes;
import io.whimbrel.report.MigrationReport.Memories;
import io.whimbrel.report.MigrationReport.Outcome;
import io.whimbrel.report.MigrationReport.Phase;
import io.whimbrel.report.MigrationReport.Prediction;
import io.whimbrel.report.MigrationReport.Ranges;
import io.whimbrel.report.MigrationReport.Settings;
import io.whimbrel.report.MigrationReport.Store;
import io.whimbrel.report.MigrationReport.Throughput;
import io.whimbrel.report.MigrationReport.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects a report while a run ends. What was never set is empty, so that a run that broke early
 * still leaves a report. Not thread-safe.
 */
public final class ReportBuilder {
  private final String migrationId;
  private final Store store;
  private final Settings settings;
  private final Instant startedAt;
  private final List<String> nextSteps = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<Phase> phases = new ArrayList<>();
  private Memories memories = Memories.NONE;
  private Bytes bytes = Bytes.NONE;
  private Throughput throughput = Throughput.NONE;
  private Course course = Course.NONE;
  private Ranges ranges = Ranges.NONE;
  private List<DurationCount> rangeDurations = List.of();
  private List<Worker> workers = List.of();
  private Failures failures = Failures.NONE;
  private double maxFailureRate = 1;
  private @Nullable Backup backup;
  private @Nullable Prediction prediction;

  public ReportBuilder(String migrationId, Store store, Settings settings, Instant startedAt) {
    this.migrationId = migrationId;
    this.store = store;
    this.settings = settings;
    this.startedAt = startedAt;
  }

  public ReportBuilder nextStep(String sentence) {
    nextSteps.add(sentence);
    return this;
  }

  public ReportBuilder note(String sentence) {
    notes.add(sentence);
    return this;
  }

  public ReportBuilder phase(String name, Duration elapsed) {
    phases.add(new Phase(name, elapsed.toMillis()));
    return this;
  }

  public ReportBuilder memories(Memories value) {
    memories = value;
    return this;
  }

  public ReportBuilder bytes(Bytes value) {
    bytes = value;
    return this;
  }

  public ReportBuilder throughput(Throughput value) {
    throughput = value;
    return this;
  }

  public ReportBuilder course(Course value) {
    course = value;
    return this;
  }

  /** Takes the durations of committed ranges in milliseconds, shortest first. */
  public ReportBuilder rangeDurations(List<Long> sortedMillis) {
    rangeDurations = DurationCount.of(sortedMillis);
    return this;
  }

  public ReportBuilder ranges(Ranges value) {
    ranges = value;
    return this;
  }

  /** Takes the workers and computes each one's share from its memories. */
  public ReportBuilder workers(List<Worker> value) {
    workers = Worker.withShares(value);
    return this;
  }

  public ReportBuilder failures(Failures value) {
    failures = value;
    return this;
  }

  /** The rate, 0 to 1, beyond which the run would have rolled back. */
  public ReportBuilder maxFailureRate(double value) {
    maxFailureRate = value;
    return this;
  }

  public ReportBuilder backup(Backup value) {
    backup = value;
    return this;
  }

  public ReportBuilder prediction(Prediction value) {
    prediction = value;
    return this;
  }

  /** The report. A clock that was set back during the run yields an elapsed time of zero. */
  public MigrationReport finish(Outcome outcome, String outcomeSentence, Instant finishedAt) {
    return new MigrationReport(
        MigrationReport.SCHEMA_VERSION,
        migrationId,
        store,
        outcome,
        outcomeSentence,
        nextSteps,
        startedAt,
        finishedAt,
        Math.max(0, Duration.between(startedAt, finishedAt).toMillis()),
        phases,
        memories,
        bytes,
        throughput,
        course,
        ranges,
        rangeDurations,
        workers,
        failures,
        memories.failureRate(),
        maxFailureRate,
        backup,
        settings,
        notes,
        prediction);
  }
}
