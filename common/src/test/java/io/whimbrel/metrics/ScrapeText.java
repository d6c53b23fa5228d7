// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import java.util.Map;
import java.util.TreeMap;

/** Reads a scrape back: families with their types, and single samples. */
final class ScrapeText {
  private final String text;

  ScrapeText(String text) {
    this.text = text;
  }

  /** Type by family, of the families whose name begins with {@code prefix}. */
  Map<String, String> families(String prefix) {
    Map<String, String> types = new TreeMap<>();
    text.lines()
        .filter(line -> line.startsWith("# TYPE " + prefix))
        .map(line -> line.split(" "))
        .forEach(words -> types.put(words[2], words[3]));
    return types;
  }

  /** The value of one series, given as the scrape writes it, labels in alphabetical order. */
  double sample(String series) {
    return text.lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> line.substring(series.length() + 1))
        .mapToDouble(Double::parseDouble)
        .findFirst()
        .orElseThrow(() -> new AssertionError("No series " + series + " in:\n" + text));
  }
}
