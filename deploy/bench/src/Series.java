// SPDX-License-Identifier: Apache-2.0

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The same figure of several runs, in their order. */
final class Series {
  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  double median() {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  double last() {
    return values.get(values.size() - 1);
  }

  double lowest() {
    return Collections.min(values);
  }

  double highest() {
    return Collections.max(values);
  }

  /** These figures over those of the same runs. */
  Series over(Series other) {
    Series ratios = new Series();
    for (int i = 0; i < values.size(); i++) {
      ratios.add(values.get(i) / other.values.get(i));
    }
    return ratios;
  }

  Series times(double factor) {
    Series products = new Series();
    values.forEach(value -> products.add(value * factor));
    return products;
  }

  /** Seconds of milliseconds, for people. */
  String seconds() {
    return text("%.2f s (%.2f to %.2f)", median() / 1000, lowest() / 1000, highest() / 1000);
  }

  static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
