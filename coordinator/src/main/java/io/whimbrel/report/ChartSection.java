// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import io.whimbrel.report.BarChart.Bar;
import io.whimbrel.report.MigrationReport.Bytes;
import io.whimbrel.report.MigrationReport.Phase;
import io.whimbrel.report.MigrationReport.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The page's drawings: sizes before and after, phases, workers. Empty ones are left out. */
final class ChartSection {
  private static final int MAX_WORKERS_DRAWN = 50;
  private static final String BEFORE = "before";
  private static final String AFTER = "after";

  private ChartSection() {}

  static void write(Html html, MigrationReport report) {
    Bytes bytes = report.bytes();
    if (!bytes.measured() && report.phases().isEmpty() && report.workers().isEmpty()) {
      return;
    }
    html.openSection("charts", "Where the bytes and the time went");
    course(html, report);
    durations(html, report.rangeDurations());
    if (bytes.contentRaw() > 0) {
      BarChart.draw(
          html,
          "Content",
          List.of(
              size("As it was stored", bytes.contentStoredBefore(), BEFORE),
              size("As plain text", bytes.contentRaw(), BEFORE),
              size("Compressed", bytes.contentCompressedAfter(), AFTER)));
    }
    if (bytes.wholeStoreBefore() > 0 && bytes.wholeStoreAfter() > 0) {
      BarChart.draw(
          html,
          "Whole store",
          List.of(
              size("Before", bytes.wholeStoreBefore(), BEFORE),
              size("After", bytes.wholeStoreAfter(), AFTER)));
    }
    phases(html, report.phases());
    workers(html, report.workers());
    html.closeSection();
  }

  private static void course(Html html, MigrationReport report) {
    Course course = report.course();
    List<Double> rates = course.memoriesPerSecond();
    if (rates.size() < 2) {
      return;
    }
    double greatest = rates.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    double mean = report.throughput().memoriesPerSecond();
    ColumnChart.draw(
        html,
        "Speed of the copy over time",
        String.format(
            Locale.ROOT,
            "Each column is %s. The fastest was %s%s.",
            HumanUnits.millis(course.stretchMillis()),
            HumanUnits.memoriesPerSecond(greatest),
            // A copy that did not end has none; one that ended within a column beats every column.
            mean > 0 && mean <= greatest ? ", the mean " + HumanUnits.memoriesPerSecond(mean) : ""),
        rates,
        HumanUnits.millis(course.startOffsetMillis()) + " after the start",
        HumanUnits.millis(course.startOffsetMillis() + course.stretchMillis() * rates.size()));
  }

  private static void durations(Html html, List<DurationCount> durations) {
    if (durations.isEmpty()) {
      return;
    }
    List<Bar> bars = new ArrayList<>();
    for (DurationCount count : durations) {
      bars.add(
          new Bar(
              "up to " + HumanUnits.millis(count.toMillis()),
              count.ranges(),
              HumanUnits.count(count.ranges(), "range", "ranges"),
              AFTER));
    }
    BarChart.draw(html, "Time a range took", bars);
  }

  private static Bar size(String label, long bytes, String style) {
    return new Bar(label, bytes, HumanUnits.bytes(bytes), style);
  }

  private static void phases(Html html, List<Phase> phases) {
    if (phases.isEmpty()) {
      return;
    }
    List<Bar> bars = new ArrayList<>();
    for (Phase phase : phases) {
      long millis = phase.elapsedMillis();
      bars.add(new Bar(HumanUnits.words(phase.name()), millis, HumanUnits.millis(millis), AFTER));
    }
    BarChart.draw(html, "Time in each phase", bars);
  }

  private static void workers(Html html, List<Worker> workers) {
    if (workers.isEmpty()) {
      return;
    }
    List<Bar> bars = new ArrayList<>();
    for (Worker worker : workers.subList(0, Math.min(workers.size(), MAX_WORKERS_DRAWN))) {
      String text =
          String.format(
              Locale.ROOT,
              "%s, %s",
              HumanUnits.percent(worker.share()),
              HumanUnits.count(worker.memories()));
      bars.add(new Bar(worker.id() + " on " + worker.host(), worker.share(), text, AFTER));
    }
    BarChart.draw(html, "Memories by worker", bars);
    if (workers.size() > MAX_WORKERS_DRAWN) {
      html.element(
          "p", "The other " + (workers.size() - MAX_WORKERS_DRAWN) + " are in report.json.");
    }
  }
}
