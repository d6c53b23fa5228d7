// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanUnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.0 kB",
    "1049, 1.0 kB",
    "999949, 999.9 kB",
    "999950, 1.0 MB",
    "12345678, 12.3 MB",
    "999999999, 1.0 GB",
    "9223372036854775807, 9.2 EB",
    "-1500, -1.5 kB",
    "-9223372036854775808, -9.2 EB"
  })
  void bytes_takeTheUnitThatFits(long value, String text) {
    assertThat(HumanUnits.bytes(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 ms",
    "999, 999 ms",
    "1000, 1.0 s",
    "59949, 59.9 s",
    "59950, 1 min 00 s",
    "245000, 4 min 05 s",
    "3599499, 59 min 59 s",
    "3599500, 1 h 00 min",
    "7380000, 2 h 03 min",
    "86399999, 1 d 00 h",
    "273600000, 3 d 04 h",
    "-1500, -1.5 s"
  })
  void durations_roundIntoTheNextUnit(long millis, String text) {
    assertThat(HumanUnits.millis(millis)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 0:00",
    "0, 0:00",
    "42, 0:42",
    "3599, 59:59",
    "3600, 1:00:00",
    "7387, 2:03:07",
    "86400, 1 d 00 h",
    "273600, 3 d 04 h"
  })
  void clock_showsWholeSeconds(long seconds, String text) {
    assertThat(HumanUnits.clock(Duration.ofSeconds(seconds))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0%",
    "0.0001, <0.1%",
    "0.0005, 0.1%",
    "0.5, 50.0%",
    "0.9994, 99.9%",
    "0.9999999, >99.9%",
    "1, 100.0%"
  })
  void percent_neverRoundsToAllOrNothing(double fraction, String text) {
    assertThat(HumanUnits.percent(fraction)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0.0/s", "9.96, 10.0/s", "99.94, 99.9/s", "99.96, 100/s", "12345.6, '12,346/s'"})
  void rates_loseTheirDecimal_whenTheyAreHigh(double value, String text) {
    assertThat(HumanUnits.perSecond(value)).isEqualTo(text);
  }

  @Test
  void nouns_followTheirCount() {
    assertThat(HumanUnits.count(1, "memory", "memories")).isEqualTo("1 memory");
    assertThat(HumanUnits.count(0, "memory", "memories")).isEqualTo("0 memories");
    assertThat(HumanUnits.count(1234, "memory", "memories")).isEqualTo("1,234 memories");
  }

  @Test
  void numbers_staySame_whenTheMachineSpeaksAnotherLanguage() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(HumanUnits.bytes(12_345_678)).isEqualTo("12.3 MB");
      assertThat(HumanUnits.count(1_234)).isEqualTo("1,234");
      assertThat(HumanUnits.ratio(3.149)).isEqualTo("3.15x");
      assertThat(HumanUnits.megabytesPerSecond(1234.56)).isEqualTo("1,234.6 MB/s");
    } finally {
      Locale.setDefault(before);
    }
  }
}
