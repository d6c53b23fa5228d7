// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import io.whimbrel.report.MigrationReport.Memories;
import io.whimbrel.report.MigrationReport.Outcome;
import io.whimbrel.report.MigrationReport.Prediction;

/**
 * The few great numbers at the head of the page. A run that did not complete shows no success rate:
 * next to its outcome any such number would be read as a success.
 */
final class Tiles {
  private Tiles() {}

  static void write(Html html, MigrationReport report) {
    html.markup("<dl class=\"tiles\">\n");
    Memories memories = report.memories();
    Prediction prediction = report.prediction();
    Double ratio = report.bytes().compressionRatio();
    if (report.outcome() == Outcome.COMPLETED) {
      tile(html, "memories migrated", HumanUnits.count(memories.migrated()));
      tile(html, "success rate", HumanUnits.percent(memories.successRate()));
      if (ratio != null) {
        tile(html, "compression", HumanUnits.ratio(ratio));
      }
      tile(html, "read lazily", HumanUnits.percent(memories.lazyLoadingRatio()));
    } else {
      tile(html, "memories in the store", HumanUnits.count(memories.total()));
      if (memories.migrated() > 0) {
        tile(html, report.outcome().carried(), HumanUnits.count(memories.migrated()));
      }
      if (memories.quarantined() > 0) {
        tile(html, "could not be read", HumanUnits.count(memories.quarantined()));
      }
    }
    if (prediction != null) {
      tile(html, "expected compression", HumanUnits.ratio(prediction.compressionRatio()));
      tile(html, "expected time", HumanUnits.millis(Math.round(prediction.seconds() * 1e3)));
    }
    tile(html, "elapsed", HumanUnits.millis(report.elapsedMillis()));
    html.markup("</dl>\n");
  }

  private static void tile(Html html, String label, String value) {
    html.markup("<div>").element("dt", label).element("dd", value).markup("</div>\n");
  }
}
