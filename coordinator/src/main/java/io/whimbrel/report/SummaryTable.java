// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import io.whimbrel.report.Failures.Severity;
import io.whimbrel.report.MigrationReport.Bytes;
import io.whimbrel.report.MigrationReport.Memories;
import io.whimbrel.report.MigrationReport.Outcome;
import io.whimbrel.report.MigrationReport.Phase;
import io.whimbrel.report.MigrationReport.Prediction;
import io.whimbrel.report.MigrationReport.Ranges;
import io.whimbrel.report.MigrationReport.Worker;
import java.util.List;
import java.util.Locale;

/**
 * The end of a run on a terminal: labels in one column, values in another, plain text without
 * control codes. Ends with the places of the reports, which is what one copies from it.
 */
public final class SummaryTable {
  private static final int MAX_WORKERS = 8;
  private static final int MAX_REASONS = 8;

  private final StringBuilder out = new StringBuilder(1024);

  private SummaryTable() {}

  /** The table without places, for a report that was not written to files. */
  public static String render(MigrationReport report) {
    SummaryTable table = new SummaryTable();
    table.fill(report);
    return table.out.toString();
  }

  /** The table of a report that was written. */
  public static String render(MigrationReport report, ReportWriter.Written written) {
    SummaryTable table = new SummaryTable();
    table.fill(report);
    table.row("Reports", written.html().toString());
    table.row("", written.json().toString());
    return table.out.toString();
  }

  private void fill(MigrationReport report) {
    row("Migration", report.migrationId() + ": " + report.outcome().label());
    row("", report.outcomeSentence());
    row("Store", report.store().url());
    Prediction prediction = report.prediction();
    if (prediction != null) {
      prediction(prediction);
    }
    memories(report);
    sizes(report.bytes());
    time(report);
    workers(report.workers());
    row("Backup", StatisticsSection.backup(report));
    String label = "Next";
    for (String step : report.nextSteps()) {
      row(label, step);
      label = "";
    }
  }

  private void prediction(Prediction prediction) {
    row(
        "Forecast",
        String.format(
            Locale.ROOT,
            "%s compression, in about %s; needs %s of free disk",
            HumanUnits.ratio(prediction.compressionRatio()),
            HumanUnits.millis(Math.round(prediction.seconds() * 1e3)),
            HumanUnits.bytes(prediction.diskNeededBytes())));
  }

  private void memories(MigrationReport report) {
    Memories memories = report.memories();
    String total = HumanUnits.count(memories.total());
    if (memories.migrated() + memories.quarantined() == 0) {
      row("Memories", total + " in the store");
      return;
    }
    row(
        "Memories",
        String.format(
            Locale.ROOT,
            "%s of %s %s (%s)",
            HumanUnits.count(memories.migrated()),
            total,
            report.outcome().carried(),
            HumanUnits.percent(memories.successRate())));
    if (report.outcome() == Outcome.COMPLETED) {
      row(
          "  packed",
          String.format(
              Locale.ROOT,
              "%s (%s are read lazily)",
              HumanUnits.count(memories.packed()),
              HumanUnits.percent(memories.lazyLoadingRatio())));
      row("  inline", HumanUnits.count(memories.inline()));
    }
    row(
        "  quarantined",
        String.format(
            Locale.ROOT,
            "%s (failure rate %s, at most %s allowed)",
            HumanUnits.count(memories.quarantined()),
            HumanUnits.percent(report.failureRate()),
            HumanUnits.percent(report.maxFailureRate())));
    reasons(report, Severity.QUARANTINED);
    row("  warnings", HumanUnits.count(memories.warned()));
    reasons(report, Severity.WARNING);
  }

  private void reasons(MigrationReport report, Severity severity) {
    report.failures().counts().stream()
        .filter(count -> count.severity() == severity)
        .limit(MAX_REASONS)
        .forEach(count -> row("", HumanUnits.count(count.count()) + " " + count.reason()));
  }

  private void sizes(Bytes bytes) {
    Double ratio = bytes.compressionRatio();
    if (ratio != null) {
      row(
          "Content",
          String.format(
              Locale.ROOT,
              "%s -> %s (%s)",
              HumanUnits.bytes(bytes.contentRaw()),
              HumanUnits.bytes(bytes.contentCompressedAfter()),
              HumanUnits.ratio(ratio)));
    }
    if (bytes.wholeStoreBefore() > 0 && bytes.wholeStoreAfter() > 0) {
      row(
          "Whole store",
          String.format(
              Locale.ROOT,
              "%s -> %s",
              HumanUnits.bytes(bytes.wholeStoreBefore()),
              HumanUnits.bytes(bytes.wholeStoreAfter())));
    }
  }

  private void time(MigrationReport report) {
    row("Elapsed", HumanUnits.millis(report.elapsedMillis()));
    for (Phase phase : report.phases()) {
      row("  " + HumanUnits.words(phase.name()), HumanUnits.millis(phase.elapsedMillis()));
    }
    if (report.throughput().memoriesPerSecond() > 0) {
      row("Speed", StatisticsSection.speed(report.throughput()));
    }
    Ranges ranges = report.ranges();
    if (ranges.committed() > 0) {
      row("Ranges", StatisticsSection.ranges(ranges));
      row(
          "  each took",
          String.format(
              Locale.ROOT,
              "p50 %s, p95 %s, p99 %s",
              HumanUnits.millis(ranges.millisP50()),
              HumanUnits.millis(ranges.millisP95()),
              HumanUnits.millis(ranges.millisP99())));
    }
  }

  private void workers(List<Worker> workers) {
    if (workers.isEmpty()) {
      return;
    }
    row("Workers", HumanUnits.count(workers.size()));
    for (Worker worker : workers.subList(0, Math.min(workers.size(), MAX_WORKERS))) {
      row(
          "  " + SafeText.cut(worker.id(), 14),
          String.format(
              Locale.ROOT,
              "%6s  %s memories, %s, %s",
              HumanUnits.percent(worker.share()),
              HumanUnits.count(worker.memories()),
              HumanUnits.count(worker.threads(), "thread", "threads"),
              worker.host()));
    }
    if (workers.size() > MAX_WORKERS) {
      row("", "and " + (workers.size() - MAX_WORKERS) + " more");
    }
  }

  private void row(String label, String value) {
    String line =
        String.format(Locale.ROOT, "%-17s %s", SafeText.line(label), SafeText.line(value));
    out.append(line.stripTrailing()).append('\n');
  }
}
