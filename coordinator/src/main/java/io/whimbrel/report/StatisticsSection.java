// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import io.whimbrel.report.MigrationReport.Backup;
import io.whimbrel.report.MigrationReport.Bytes;
import io.whimbrel.report.MigrationReport.Memories;
import io.whimbrel.report.MigrationReport.Outcome;
import io.whimbrel.report.MigrationReport.Prediction;
import io.whimbrel.report.MigrationReport.Ranges;
import io.whimbrel.report.MigrationReport.Settings;
import io.whimbrel.report.MigrationReport.Throughput;
import java.util.List;
import java.util.Locale;

/** The page's tables of numbers. */
final class StatisticsSection {
  private StatisticsSection() {}

  static void write(Html html, MigrationReport report) {
    html.openSection("statistics", "Statistics");
    memories(html, report);
    if (report.bytes().measured()) {
      sizes(html, report.bytes());
    }
    run(html, report);
    html.closeSection();
  }

  static void prediction(Html html, Prediction prediction) {
    html.openSection("prediction", "What a real run is expected to do");
    html.openTable("Forecast", List.of());
    html.row("Compression ratio", HumanUnits.ratio(prediction.compressionRatio()));
    html.row("Time", HumanUnits.millis(Math.round(prediction.seconds() * 1e3)));
    html.row("Free disk space needed", HumanUnits.bytes(prediction.diskNeededBytes()));
    html.closeTable().closeSection();
  }

  private static void memories(Html html, MigrationReport report) {
    Memories memories = report.memories();
    html.openTable("Memories", List.of());
    html.row("In the store", HumanUnits.count(memories.total()));
    if (memories.migrated() + memories.quarantined() == 0) {
      html.closeTable();
      return;
    }
    String carried = report.outcome().carried();
    html.row(capital(carried), of(memories.migrated(), memories.successRate()));
    if (report.outcome() == Outcome.COMPLETED) {
      html.row("Packed, read lazily", of(memories.packed(), memories.lazyLoadingRatio()));
      html.row("Kept inline", HumanUnits.count(memories.inline()));
    }
    html.row("Quarantined", HumanUnits.count(memories.quarantined()));
    html.row("With a warning", HumanUnits.count(memories.warned()));
    html.row(
        "Failure rate",
        String.format(
            Locale.ROOT,
            "%s (the run rolls back above %s)",
            HumanUnits.percent(report.failureRate()),
            HumanUnits.percent(report.maxFailureRate())));
    html.closeTable();
  }

  private static void sizes(Html html, Bytes bytes) {
    html.openTable("Sizes", List.of());
    html.row("Content as it was stored", HumanUnits.bytes(bytes.contentStoredBefore()));
    html.row("Content as plain text", HumanUnits.bytes(bytes.contentRaw()));
    html.row("Content compressed", HumanUnits.bytes(bytes.contentCompressedAfter()));
    html.row("Dictionary", HumanUnits.bytes(bytes.dictionary()));
    Double ratio = bytes.compressionRatio();
    html.row("Compression ratio", ratio == null ? "none" : HumanUnits.ratio(ratio));
    html.row("Whole store before", HumanUnits.bytes(bytes.wholeStoreBefore()));
    if (bytes.wholeStoreAfter() > 0) {
      html.row("Whole store after", HumanUnits.bytes(bytes.wholeStoreAfter()));
    }
    html.closeTable();
  }

  private static void run(Html html, MigrationReport report) {
    Throughput speed = report.throughput();
    Ranges ranges = report.ranges();
    Settings settings = report.settings();
    html.openTable("The run", List.of());
    html.row("Store", product(report.store().kind()) + ", layout " + report.store().layout());
    html.row("Elapsed", HumanUnits.millis(report.elapsedMillis()));
    if (speed.memoriesPerSecond() > 0) {
      html.row("Speed of the copy", speed(speed) + " of text");
    }
    if (ranges.committed() > 0) {
      html.row("Ranges", ranges(ranges));
      html.row(
          "Time a range took",
          String.format(
              Locale.ROOT,
              "half within %s, 95%% within %s, 99%% within %s",
              HumanUnits.millis(ranges.millisP50()),
              HumanUnits.millis(ranges.millisP95()),
              HumanUnits.millis(ranges.millisP99())));
    }
    html.row("Backup", backup(report));
    Integer batchSize = settings.batchSize();
    html.row(
        "Settings",
        String.format(
            Locale.ROOT,
            "batch size %s, level %d, %s",
            batchSize == null ? "adaptive" : HumanUnits.count(batchSize),
            settings.level(),
            HumanUnits.count(settings.workers(), "worker", "workers")));
    html.closeTable();
  }

  private static String product(String kind) {
    return switch (kind) {
      case "SQLITE" -> "SQLite";
      case "POSTGRESQL" -> "PostgreSQL";
      default -> kind;
    };
  }

  /** Both speeds, also for the terminal. */
  static String speed(Throughput speed) {
    return HumanUnits.memoriesPerSecond(speed.memoriesPerSecond())
        + ", "
        + HumanUnits.megabytesPerSecond(speed.rawMegabytesPerSecond());
  }

  /** The counts of ranges, also for the terminal. */
  static String ranges(Ranges ranges) {
    return String.format(
        Locale.ROOT,
        "%s committed, %s retried",
        HumanUnits.count(ranges.committed()),
        HumanUnits.count(ranges.retried()));
  }

  /** One sentence about the backup, also for the terminal. */
  static String backup(MigrationReport report) {
    Backup backup = report.backup();
    if (backup == null) {
      return "none";
    }
    return String.format(
        Locale.ROOT,
        "%s, %s, %s; %s: %s",
        backup.location(),
        backup.kind(),
        HumanUnits.bytes(backup.sizeBytes()),
        backup.verified() ? "verified" : "NOT VERIFIED",
        backup.checkDescription());
  }

  private static String of(long count, double share) {
    return String.format(
        Locale.ROOT, "%s (%s)", HumanUnits.count(count), HumanUnits.percent(share));
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }
}
