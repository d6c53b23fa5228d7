// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import io.whimbrel.legacy.ContentProblem;
import io.whimbrel.report.Failures.Failure;
import io.whimbrel.report.Failures.ReasonCount;
import io.whimbrel.report.Failures.Severity;
import io.whimbrel.report.MigrationReport.Memories;
import java.util.List;
import java.util.Locale;

/** The page's part about quarantined memories and warnings. */
final class FailureSection {
  /** More rows than this no person reads, and a phone takes long to lay them out. */
  static final int MAX_ROWS = 1_000;

  private FailureSection() {}

  static void write(Html html, MigrationReport report) {
    Failures failures = report.failures();
    html.openSection("failures", "Quarantined memories and warnings");
    if (failures.total() == 0) {
      html.element("p", nothingListed(report.memories())).closeSection();
      return;
    }
    html.element(
        "p",
        "A quarantined memory keeps its stored bytes unchanged. A warning means that the memory"
            + " was migrated as the readable text that was there.");
    if (failures.counts().stream().anyMatch(count -> count.severity() == Severity.BLOCKED)) {
      html.element(
          "p",
          "A memory that is not carried stopped the migration before the swap: the store serves"
              + " as before.");
    }
    reasons(html, failures.counts());
    rows(html, failures);
    html.closeSection();
  }

  private static String nothingListed(Memories memories) {
    return memories.quarantined() + memories.warned() == 0
        ? "No memory was quarantined, and none was migrated with a warning."
        : "They are counted above; which ones they are was not collected for this report.";
  }

  private static void reasons(Html html, List<ReasonCount> counts) {
    html.openTable("By reason", List.of("Reason", "Kind", "What it means", "Memories"));
    for (ReasonCount count : counts) {
      html.row(
          count.reason(),
          count.severity().label(),
          ContentProblem.meaning(count.reason()),
          HumanUnits.count(count.count()));
    }
    html.closeTable();
  }

  private static void rows(Html html, Failures failures) {
    List<Failure> shown =
        failures.listed().subList(0, Math.min(failures.listed().size(), MAX_ROWS));
    html.openTable("By memory", List.of("Key", "Kind", "Reason", "Detail"));
    for (Failure failure : shown) {
      html.markup("<tr><th scope=\"row\"><code><bdi>").text(failure.key());
      html.markup("</bdi></code></th>\n").element("td", failure.severity().label());
      html.element("td", failure.reason()).foreignCell(failure.detail()).markup("</tr>\n");
    }
    html.closeTable();
    if (shown.size() < failures.total()) {
      html.element(
          "p",
          String.format(
              Locale.ROOT,
              "%s of %s are shown here, %s are listed in report.json; the ledger holds all.",
              HumanUnits.count(shown.size()),
              HumanUnits.count(failures.total()),
              HumanUnits.count(failures.listed().size())));
    }
  }
}
