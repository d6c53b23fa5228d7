// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * When to do what at a point, written {@code point:action:when}. The last is a whole number for one
 * certain hit, counted from 1, or a probability with a point in it and optionally {@code :seed}.
 * Thread-safe.
 */
final class FaultRule {

  /** What a halted process ends with, so that it can be told from others. */
  static final int EXIT_CODE = 86;

  private final FaultPoint point;
  private final FaultAction action;
  private final long certainHit;
  private final double probability;
  private final Random random;
  private long hits;

  private FaultRule(
      FaultPoint point, FaultAction action, long certainHit, double probability, long seed) {
    this.point = point;
    this.action = action;
    this.certainHit = certainHit;
    this.probability = probability;
    this.random = new Random(seed);
  }

  /**
   * Rules separated by commas.
   *
   * @throws IllegalArgumentException when one of them cannot be understood
   */
  static List<FaultRule> parseAll(String text) {
    List<FaultRule> rules = new ArrayList<>();
    for (String rule : text.split(",", -1)) {
      rules.add(parse(rule.strip()));
    }
    return rules;
  }

  private static FaultRule parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length < 3 || parts.length > 4) {
      throw new IllegalArgumentException("not point:action:when[:seed]: " + text);
    }
    FaultPoint point = FaultPoint.valueOf(constant(parts[0]));
    FaultAction action = FaultAction.valueOf(constant(parts[1]));
    if (!parts[2].contains(".")) {
      return new FaultRule(point, action, Long.parseLong(parts[2]), 0, 0);
    }
    long seed = parts.length == 4 ? Long.parseLong(parts[3]) : 0;
    return new FaultRule(point, action, 0, Double.parseDouble(parts[2]), seed);
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  FaultAction action() {
    return action;
  }

  /** Counts a hit of a point; true when this is the one. */
  synchronized boolean fires(FaultPoint at) {
    if (at != point) {
      return false;
    }
    hits++;
    return certainHit > 0 ? hits == certainHit : random.nextDouble() < probability;
  }
}
