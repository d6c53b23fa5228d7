// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The clock of a made-up store: it starts at a fixed day and moves on with every memory. */
final class Moments {
  private static final LocalDateTime START = LocalDateTime.of(2024, 2, 5, 7, 12, 31);
  private static final DateTimeFormatter STORED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  private final Dice dice;
  private LocalDateTime now = START;

  Moments(Dice dice) {
    this.dice = dice;
  }

  /** Moves on by up to a minute and a half. */
  void pass() {
    now = now.plus(dice.between(2_000, 90_000_000), ChronoUnit.MICROS);
  }

  LocalDate today() {
    return now.toLocalDate();
  }

  int epochSeconds() {
    return (int) now.toEpochSecond(ZoneOffset.UTC);
  }

  /** Now, as the application stored times: UTC without a zone, always six digits. */
  String stored() {
    return STORED.format(now);
  }

  /** A moment after now: most are those of the second commit of a create, some are days later. */
  String storedLater() {
    return STORED.format(
        dice.chance(0.75)
            ? now.plus(dice.between(900, 60_000), ChronoUnit.MICROS)
            : now.plusSeconds(dice.between(60, 5_000_000)));
  }
}
