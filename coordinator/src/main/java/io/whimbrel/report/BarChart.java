// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars as inline SVG, one small drawing a bar. Each bar's width is a percentage of its
 * own drawing, so the chart needs no script and no fixed size, and its words stay text: readable on
 * a phone, read aloud by a screen reader, which passes over the drawings.
 */
final class BarChart {
  /** One bar. The style is a class of the page's sheet. */
  record Bar(String label, double value, String valueText, String style) {}

  private BarChart() {}

  /** Draws the bars on one scale, from 0 to the greatest value. */
  static void draw(Html html, String caption, List<Bar> bars) {
    double greatest = bars.stream().mapToDouble(Bar::value).max().orElse(0);
    html.markup("<figure>\n").element("figcaption", caption).markup("<dl class=\"bars\">\n");
    for (Bar bar : bars) {
      html.element("dt", bar.label());
      html.markup("<dd>").markup(drawing(bar, greatest));
      html.element("span", bar.valueText()).markup("</dd>\n");
    }
    html.markup("</dl>\n</figure>\n");
  }

  private static String drawing(Bar bar, double greatest) {
    double percent = greatest <= 0 ? 0 : 100 * bar.value() / greatest;
    // A sliver stays visible: something small is not nothing.
    double width = bar.value() > 0 ? Math.max(percent, 0.5) : 0;
    return String.format(
        Locale.ROOT,
        "<svg aria-hidden=\"true\" focusable=\"false\" width=\"100%%\" height=\"16\">"
            + "<rect class=\"track\" width=\"100%%\" height=\"16\" rx=\"3\"/>"
            + "<rect class=\"%s\" width=\"%.2f%%\" height=\"16\" rx=\"3\"/></svg>",
        bar.style(),
        width);
  }
}
