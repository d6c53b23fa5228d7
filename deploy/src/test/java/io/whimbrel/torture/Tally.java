// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.torture.RunResult.Fired;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Sums up a series, one table a database. */
final class Tally {

  private final List<RunResult> results = new ArrayList<>();

  void add(RunResult result) {
    results.add(result);
  }

  List<RunResult> failed() {
    return results.stream().filter(result -> !result.isGood()).toList();
  }

  /** In Markdown. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (String database : new TreeSet<>(results.stream().map(RunResult::database).toList())) {
      text.append(text.isEmpty() ? "" : "\n");
      describe(
          text,
          database,
          results.stream().filter(result -> result.database().equals(database)).toList());
    }
    return text.toString();
  }

  private static void describe(StringBuilder text, String database, List<RunResult> runs) {
    long millis = runs.stream().mapToLong(RunResult::millis).sum();
    text.append("## ").append(database).append("\n\n| | |\n| --- | ---: |\n");
    row(text, "runs", runs.size());
    row(text, "failed runs", runs.stream().filter(run -> !run.isGood()).count());
    row(
        text,
        "runs with an application that writes",
        runs.stream().filter(RunResult::loaded).count());
    row(text, "its acknowledged writes", runs.stream().mapToLong(RunResult::acknowledged).sum());
    row(text, "memories lost", runs.stream().mapToLong(RunResult::lost).sum());
    row(text, "memories doubled", runs.stream().mapToLong(RunResult::doubled).sum());
    row(text, "memories altered", runs.stream().mapToLong(RunResult::altered).sum());
    Map<String, Integer> ends = new TreeMap<>();
    runs.forEach(run -> ends.merge("asked " + wish(run) + ", ended " + run.end(), 1, Integer::sum));
    ends.forEach((end, count) -> row(text, end, count));
    row(text, "faults that happened", runs.stream().mapToLong(run -> run.fired().size()).sum());
    row(text, "runs without a fault", runs.stream().filter(run -> run.fired().isEmpty()).count());
    row(text, "processes restarted", runs.stream().mapToLong(RunResult::restarts).sum());
    row(text, "late writes refused", runs.stream().mapToLong(RunResult::fenced).sum());
    text.append("| seconds a run | ")
        .append(String.format(Locale.ROOT, "%.1f", millis / 1e3 / Math.max(1, runs.size())))
        .append(" |\n\n");
    faults(text, runs);
  }

  private static String wish(RunResult run) {
    return run.wish().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static void row(StringBuilder text, String name, long value) {
    text.append("| ").append(name).append(" | ").append(value).append(" |\n");
  }

  private static void faults(StringBuilder text, List<RunResult> runs) {
    Map<String, Map<String, Integer>> byPlace = new TreeMap<>();
    TreeSet<String> kinds = new TreeSet<>();
    for (RunResult run : runs) {
      for (Fired fired : run.fired()) {
        kinds.add(fired.kind());
        byPlace
            .computeIfAbsent(fired.place(), place -> new TreeMap<>())
            .merge(fired.kind(), 1, Integer::sum);
      }
    }
    text.append("| place | ").append(String.join(" | ", kinds)).append(" |\n| --- |");
    text.append(" ---: |".repeat(kinds.size())).append('\n');
    byPlace.forEach(
        (place, counts) -> {
          text.append("| ").append(place).append(" |");
          kinds.forEach(kind -> text.append(' ').append(counts.getOrDefault(kind, 0)).append(" |"));
          text.append('\n');
        });
  }
}
