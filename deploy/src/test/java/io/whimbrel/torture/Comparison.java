// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.torture.StoreImage.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects what differs between a store and what it must be. */
final class Comparison {

  private static final int EXAMPLES_MAX = 5;

  private long lost;
  private long doubled;
  private long altered;
  private final List<String> differences = new ArrayList<>();

  long lost() {
    return lost;
  }

  long doubled() {
    return doubled;
  }

  long altered() {
    return altered;
  }

  /** Rows that somebody else has counted; so are the next two. */
  void lost(long rows) {
    lost += rows;
  }

  void doubled(long rows) {
    doubled += rows;
  }

  void altered(long rows) {
    altered += rows;
  }

  /** Examples of what differs; empty when nothing does. */
  List<String> differences() {
    return differences;
  }

  /** Something that is wrong beside the rows themselves. */
  void wrong(String what) {
    differences.add(what);
  }

  /** Every memory reads as it must, once. */
  void texts(Map<String, List<String>> now, Map<String, List<String>> expected) {
    Map<String, List<String>> left = new HashMap<>(now);
    expected.forEach((key, texts) -> judge("text of memory", key, left.remove(key), texts));
    left.forEach((key, texts) -> judge("text of memory", key, texts, List.of()));
  }

  /** Every table has the rows that it must have, once. */
  void tables(Map<String, List<Row>> now, Map<String, List<Row>> expected) {
    lines("tables", List.copyOf(now.keySet()), List.copyOf(expected.keySet()));
    expected.forEach(
        (table, rows) -> {
          Map<String, List<String>> left = byKey(now.getOrDefault(table, List.of()));
          byKey(rows)
              .forEach((key, digests) -> judge("row of " + table, key, left.remove(key), digests));
          left.forEach((key, digests) -> judge("row of " + table, key, digests, List.of()));
        });
  }

  /** The same lines, whatever their order, and whichever migration of the store it was. */
  void lines(String what, List<String> now, List<String> expected) {
    Set<String> missing = ofAnyMigration(expected);
    missing.removeAll(ofAnyMigration(now));
    Set<String> more = ofAnyMigration(now);
    more.removeAll(ofAnyMigration(expected));
    if (!missing.isEmpty() || !more.isEmpty() || now.size() != expected.size()) {
      differences.add(what + " differ: missing " + missing + ", not expected " + more);
    }
  }

  // A `migrate` that is killed just after its migration was cancelled begins another when it is
  // started again, and that one has names of its own.
  private static Set<String> ofAnyMigration(List<String> lines) {
    return lines.stream()
        .map(line -> line.replaceAll("(whimbrel_\\w*m)\\d+", "$1#"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, List<String>> byKey(List<Row> rows) {
    Map<String, List<String>> byKey = new HashMap<>();
    for (Row row : rows) {
      byKey.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(row.digest());
    }
    return byKey;
  }

  private void judge(String what, String key, @Nullable List<String> found, List<String> expected) {
    List<String> now = found == null ? List.of() : found;
    if (now.equals(expected)) {
      return;
    }
    if (now.size() < expected.size()) {
      lost += expected.size() - now.size();
      example("lost", what, key);
    } else if (now.size() > expected.size()) {
      doubled += now.size() - expected.size();
      example("doubled", what, key);
    } else {
      altered++;
      example("altered", what, key);
    }
  }

  private void example(String kind, String what, String key) {
    if (differences.size() < EXAMPLES_MAX) {
      differences.add(kind + ": " + what + " " + key);
    }
  }
}
