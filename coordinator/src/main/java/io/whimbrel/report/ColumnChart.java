// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import java.util.List;
import java.util.Locale;

/**
 * Values over time as columns of one inline SVG that is as wide as the page. The drawing holds no
 * words, since it is stretched; what it shows is said beside it, for everybody.
 */
final class ColumnChart {
  private static final int HEIGHT = 100;

  private ColumnChart() {}

  /** Draws the columns from 0 to the greatest value, between the words for both ends of time. */
  static void draw(
      Html html, String caption, String summary, List<Double> values, String begin, String end) {
    double greatest = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    html.markup("<figure>\n").element("figcaption", caption);
    html.markup(
        String.format(
            Locale.ROOT,
            "<svg class=\"columns\" aria-hidden=\"true\" focusable=\"false\" width=\"100%%\""
                + " height=\"120\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\">"
                + "<rect class=\"track\" width=\"%d\" height=\"%d\"/>",
            values.size(),
            HEIGHT,
            values.size(),
            HEIGHT));
    for (int i = 0; i < values.size(); i++) {
      double height = greatest <= 0 ? 0 : HEIGHT * values.get(i) / greatest;
      html.markup(
          String.format(
              Locale.ROOT,
              "<rect class=\"after\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>",
              i + 0.05,
              HEIGHT - height,
              0.9,
              height));
    }
    html.markup("</svg>\n<p class=\"ends\">");
    html.element("span", begin).element("span", end).markup("</p>\n");
    html.element("p", summary).markup("</figure>\n");
  }
}
