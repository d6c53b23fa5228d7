// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

/** The checks that the report's records share; all throw IllegalArgumentException. */
final class Check {
  private Check() {}

  static void notBlank(String name, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " is blank");
    }
  }

  static void notNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is negative: " + value);
    }
  }

  /** Refuses NaN and infinities too: JSON has neither. */
  static void notNegative(String name, double value) {
    if (!Double.isFinite(value) || value < 0) {
      throw new IllegalArgumentException(name + " is not a finite number from 0 up: " + value);
    }
  }

  static void fraction(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " is not from 0 to 1: " + value);
    }
  }
}
