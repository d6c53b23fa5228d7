// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import java.time.Duration;
import java.util.Locale;

/**
 * Numbers as people read them, in English and independent of the machine's locale. Byte units are
 * decimal: 1 MB is 10^6 bytes. Pure and thread-safe.
 */
public final class HumanUnits {
  private static final String[] BYTE_UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

  private HumanUnits() {}

  /** {@code 134,220}. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A count and its noun: {@code 1 memory}, {@code 2 memories}. */
  public static String count(long value, String one, String many) {
    return count(value) + " " + (value == 1 ? one : many);
  }

  /** {@code 0 B}, {@code 999 B}, {@code 1.0 kB}, {@code 12.3 MB}. */
  public static String bytes(long value) {
    if (Math.abs((double) value) < 1000) {
      return value + " B";
    }
    double scaled = value;
    int unit = 0;
    // 999.95 would print as 1000.0: it belongs to the next unit.
    while (Math.abs(scaled) >= 999.95 && unit < BYTE_UNITS.length - 1) {
      scaled /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", scaled, BYTE_UNITS[unit]);
  }

  /** {@code 850 ms}, {@code 12.3 s}, {@code 4 min 05 s}, {@code 2 h 03 min}, {@code 3 d 04 h}. */
  public static String duration(Duration value) {
    if (value.isNegative()) {
      return "-" + duration(value.negated());
    }
    long millis = value.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 59_950) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }
    long seconds = value.plusMillis(500).toSeconds();
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
    }
    long minutes = seconds / 60;
    if (minutes < 24 * 60) {
      return String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
    }
    return String.format(Locale.ROOT, "%d d %02d h", minutes / 1440, minutes / 60 % 24);
  }

  /**
   * Whole seconds as on a clock, for a forecast that is no better than that: {@code 0:42}, {@code
   * 2:03:07}, from a day on {@code 3 d 04 h}. Nothing below zero.
   */
  public static String clock(Duration value) {
    long seconds = value.isNegative() ? 0 : value.plusMillis(500).toSeconds();
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }
    if (seconds < 86_400) {
      return String.format(
          Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    return duration(Duration.ofSeconds(seconds));
  }

  /** {@link #duration} of a number of milliseconds. */
  public static String millis(long value) {
    return duration(Duration.ofMillis(value));
  }

  /** {@code 1,234/s}, with one decimal below 100 a second. */
  public static String perSecond(double value) {
    return String.format(Locale.ROOT, value < 99.95 ? "%.1f/s" : "%,.0f/s", value);
  }

  /** {@code 1,234 memories/s}. */
  public static String memoriesPerSecond(double value) {
    return perSecond(value).replace("/s", " memories/s");
  }

  /** {@code 1.2 MB/s}. */
  public static String megabytesPerSecond(double value) {
    return String.format(Locale.ROOT, "%,.1f MB/s", value);
  }

  /**
   * A fraction as {@code 96.2%}. Never rounds to a claim that is not true: what is not quite
   * everything stays below 100.0%, what is not quite nothing above 0.0%.
   */
  public static String percent(double fraction) {
    if (fraction > 0 && fraction < 0.0005) {
      return "<0.1%";
    }
    if (fraction < 1 && fraction >= 0.9995) {
      return ">99.9%";
    }
    return String.format(Locale.ROOT, "%.1f%%", fraction * 100);
  }

  /** {@code 3.15x}. */
  public static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2fx", value);
  }

  /** A constant in words: CATCHING_UP is for programs, "Catching up" for people. */
  static String words(String constant) {
    String words = constant.replace('_', ' ').toLowerCase(Locale.ROOT);
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }
}
