// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Compares whole tables; a failure shows the rows that differ, not all of both. */
final class Same {

  private static final int SHOWN_MAX = 5;
  private static final int CHARS_MAX = 400;

  private Same() {}

  static void assertSameTables(
      Map<String, List<String>> actual, Map<String, List<String>> expected) {
    TreeSet<String> names = new TreeSet<>(actual.keySet());
    names.addAll(expected.keySet());
    for (String name : names) {
      if (!actual.containsKey(name) || !expected.containsKey(name)) {
        throw new AssertionError(
            "table " + name + (expected.containsKey(name) ? " is gone" : " was not there before"));
      }
      assertSameLines(
          "table " + name,
          actual.getOrDefault(name, List.of()),
          expected.getOrDefault(name, List.of()));
    }
  }

  static void assertSameTexts(Map<String, String> actual, Map<String, String> expected) {
    assertSameLines("texts", lines(actual), lines(expected));
  }

  private static List<String> lines(Map<String, String> texts) {
    return texts.entrySet().stream().map(text -> text.getKey() + ": " + text.getValue()).toList();
  }

  /** In any order. */
  static void assertSameLines(String what, List<String> actual, List<String> expected) {
    Map<String, Integer> balance = new LinkedHashMap<>();
    expected.forEach(line -> balance.merge(line, 1, Integer::sum));
    actual.forEach(line -> balance.merge(line, -1, Integer::sum));
    List<String> differences = new ArrayList<>();
    balance.forEach(
        (line, count) -> {
          if (count != 0) {
            differences.add(
                (count > 0 ? "missing: " : "too much: ")
                    + line.substring(0, Math.min(line.length(), CHARS_MAX)));
          }
        });
    if (!differences.isEmpty()) {
      throw new AssertionError(
          what
              + ": "
              + differences.size()
              + " lines differ\n"
              + String.join("\n", differences.subList(0, Math.min(SHOWN_MAX, differences.size()))));
    }
  }
}
