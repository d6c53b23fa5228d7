// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A trial's outcome for people, in Markdown. */
final class TrialReport {

  private static final int VIOLATIONS_SHOWN = 20;

  private TrialReport() {}

  static String of(TrialOutcome outcome) {
    StringBuilder report = new StringBuilder();
    TrialSettings settings = outcome.settings();
    line(
        report,
        "%s, %,d memories, %d writers, %d writes/s, seed %d%s",
        settings.target().kind(),
        settings.memories(),
        settings.writers(),
        settings.rate(),
        settings.seed(),
        outcome.killed().isEmpty()
            ? ""
            : ", with " + outcome.killed().size() + " processes killed");
    line(report, "");
    windows(report, outcome.windows(), outcome.logs());
    line(report, "");
    stalls(report, outcome);
    counts(report, outcome);
    line(report, "");
    outcome
        .checks()
        .forEach(
            (name, result) -> {
              line(report, "- %s: %s", name, line(result));
              result.findings().forEach(finding -> line(report, "  - %s", finding));
            });
    outcome.killed().forEach(kill -> line(report, "- killed: %s", kill));
    outcome.problems().forEach(problem -> line(report, "- PROBLEM: %s", problem));
    return report.toString();
  }

  /** A check in a line. */
  static String line(CheckResult result) {
    String faults =
        Arrays.stream(Fault.values())
            .map(fault -> fault.name().toLowerCase(Locale.ROOT) + " " + result.count(fault))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%,d acknowledged writes; %s; %,d memories, %,d of them never written and as they were%s",
        result.acknowledged(),
        faults,
        result.memories(),
        result.untouched(),
        result.doubtful() == 0 ? "" : "; in doubt " + result.doubtful());
  }

  private static void windows(StringBuilder report, List<Window> windows, List<WrittenLog> logs) {
    line(
        report,
        "| | seconds | writes/s | p50 ms | p99 ms | max ms | longest single write ms | errors |");
    line(report, "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    List<LoggedOperation> writes = LoadSummary.writes(logs).toList();
    for (Window window : windows) {
      List<LoggedOperation> due = writes.stream().filter(window::holds).toList();
      List<LoggedOperation> done = due.stream().filter(LoggedOperation::isDone).toList();
      Latencies latencies = Latencies.of(done);
      line(
          report,
          "| %s | %.1f | %.0f | %.1f | %.1f | %.0f | %.0f | %d |",
          window.name(),
          window.seconds(),
          done.size() / window.seconds(),
          latencies.millis(0.5),
          latencies.millis(0.99),
          latencies.millisMax(),
          longest(window, writes),
          due.size() - done.size());
    }
  }

  private static double longest(Window window, List<LoggedOperation> writes) {
    return writes.stream()
            .filter(window::meets)
            .mapToLong(LoggedOperation::serviceMicros)
            .max()
            .orElse(0)
        / 1_000.0;
  }

  /** What the swaps cost those who wrote, in one line each. */
  private static void stalls(StringBuilder report, TrialOutcome outcome) {
    List<LoggedOperation> writes = LoadSummary.writes(outcome.logs()).toList();
    for (Window window : outcome.windows()) {
      // A rollback swaps back first, then it drops the copy.
      if (window.name().endsWith("CUTTING_OVER") || window.name().startsWith("rollback")) {
        line(
            report,
            "- longest that a writer waited in `%s`: %.0f ms",
            window.name(),
            longest(window, writes));
      }
    }
  }

  private static void counts(StringBuilder report, TrialOutcome outcome) {
    Map<String, Long> acknowledged = LoadSummary.acknowledged(outcome.logs());
    line(
        report,
        "- acknowledged writes: %,d %s",
        acknowledged.values().stream().mapToLong(Long::longValue).sum(),
        acknowledged);
    line(report, "- errors that the application saw: %s", LoadSummary.errors(outcome.logs()));
    List<WrittenLog.Violation> violations = LoadSummary.violations(outcome.logs());
    line(
        report,
        "- reads meanwhile: %s, wrong: %d",
        LoadSummary.reads(outcome.logs()),
        violations.size());
    violations.stream()
        .limit(VIOLATIONS_SHOWN)
        .forEach(violation -> line(report, "  - %s", violation));
  }

  private static void line(StringBuilder report, String format, Object... values) {
    report.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
