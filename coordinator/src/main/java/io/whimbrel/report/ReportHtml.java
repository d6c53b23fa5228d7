// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import io.whimbrel.report.MigrationReport.Outcome;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The report as one page that needs nothing beside itself. Its content policy forbids scripts and
 * every request, so that even a mistake in the escaping could not run what a memory holds.
 */
final class ReportHtml {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private ReportHtml() {}

  static String render(MigrationReport report) {
    Html html = new Html();
    head(html, report);
    html.markup("<body>\n<main>\n");
    outcome(html, report);
    if (!report.nextSteps().isEmpty()) {
      html.openSection("next", "What to do next").list("ol", report.nextSteps()).closeSection();
    }
    if (!report.notes().isEmpty()) {
      html.openSection("notes", "Notes").list("ul", report.notes()).closeSection();
    }
    if (report.prediction() != null) {
      StatisticsSection.prediction(html, report.prediction());
    }
    StatisticsSection.write(html, report);
    ChartSection.write(html, report);
    FailureSection.write(html, report);
    html.markup("</main>\n");
    html.element(
        "footer",
        "Written by Whimbrel. Bytes are counted in decimal units: 1 MB is 1,000,000 bytes. The same"
            + " numbers, unrounded, are in report.json beside this page.");
    return html.markup("</body>\n</html>\n").toString();
  }

  private static void head(Html html, MigrationReport report) {
    html.markup(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        """);
    html.element("title", "Migration " + report.migrationId() + ": " + report.outcome().label());
    html.markup("<style>\n").markup(ReportStyle.CSS).markup("</style>\n</head>\n");
  }

  private static void outcome(Html html, MigrationReport report) {
    html.markup("<header>\n<span class=\"badge " + tone(report.outcome()) + "\">");
    html.text(report.outcome().label()).markup("</span>\n");
    html.element("h1", report.outcomeSentence());
    String about =
        String.format(
            Locale.ROOT,
            "Migration %s of %s, from %s to %s.",
            report.migrationId(),
            report.store().url(),
            TIME.format(report.startedAt()),
            TIME.format(report.finishedAt()));
    html.element("p class=\"about\"", about);
    Tiles.write(html, report);
    html.markup("</header>\n");
  }

  private static String tone(Outcome outcome) {
    return switch (outcome) {
      case COMPLETED, NOTHING_TO_DO -> "good";
      case DRY_RUN, CANCELLED, ROLLED_BACK -> "care";
      case FAILED -> "bad";
    };
  }
}
