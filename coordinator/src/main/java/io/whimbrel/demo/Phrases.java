// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;

/** The parts of a text that are made rather than looked up: names of the scene, dates, numbers. */
final class Phrases {
  private Phrases() {}

  /** One part of a text; it writes itself. */
  @FunctionalInterface
  interface Part {
    void tell(Telling out);
  }

  /** The made parts by the name under which the grammar calls them. */
  static Map<String, Part> byName(Lexicon lexicon) {
    String[] months = lexicon.list("month");
    Map<String, Part> parts = new HashMap<>();
    parts.put("^", Telling::capitalizeNext);
    parts.put("a", Telling::articleNext);
    parts.put("p1", out -> out.append(out.scene().people().first()));
    parts.put("p2", out -> out.append(out.scene().people().second()));
    parts.put("p3", out -> out.append(out.scene().people().third()));
    parts.put("p4", out -> out.append(out.scene().people().fourth()));
    parts.put("project", out -> out.append(out.scene().project()));
    parts.put("town", out -> out.append(out.scene().town()));
    parts.put("employer", out -> out.append(out.scene().employer()));
    parts.put("tongue", out -> out.append(out.scene().tongue()));
    parts.put("date", out -> tellDate(out, months));
    parts.put("year", out -> out.append(out.scene().date().getYear() - out.dice().skewed(40)));
    parts.put("hour", Phrases::tellHour);
    parts.put("iso", Phrases::tellIso);
    parts.put("hex", out -> out.append(hex(out.dice(), out.dice().between(7, 12))));
    parts.put("hex1", out -> out.append(String.valueOf((char) ('a' + out.dice().below(26)))));
    parts.put(
        "version",
        out ->
            out.append(
                out.dice().below(9) + "." + out.dice().below(30) + "." + out.dice().below(12)));
    return parts;
  }

  /** A number from {@code low} to {@code high}, both included. */
  static Part number(int low, int high) {
    return out -> out.append(out.dice().between(low, high));
  }

  private static void tellDate(Telling out, String[] months) {
    LocalDate date = near(out);
    String month = months[date.getMonthValue() - 1];
    String told =
        switch (out.dice().below(6)) {
          case 0 -> date.toString();
          case 1 -> month + " " + date.getDayOfMonth() + ", " + date.getYear();
          case 2 -> month.substring(0, 3) + " " + date.getDayOfMonth();
          case 3 -> date.getDayOfMonth() + " " + month + " " + date.getYear();
          default -> date.getDayOfMonth() + " " + month;
        };
    out.append(told);
  }

  private static void tellHour(Telling out) {
    Dice dice = out.dice();
    String minutes = twoDigits(dice.below(12) * 5);
    out.append(
        dice.chance(0.5)
            ? twoDigits(dice.below(24)) + ":" + minutes
            : dice.between(1, 12) + ":" + minutes + (dice.chance(0.5) ? " am" : " pm"));
  }

  private static void tellIso(Telling out) {
    Dice dice = out.dice();
    String time =
        twoDigits(dice.below(24))
            + ":"
            + twoDigits(dice.below(60))
            + ":"
            + twoDigits(dice.below(60));
    out.append(near(out) + "T" + time + "Z");
  }

  private static LocalDate near(Telling out) {
    return out.scene().date().plusDays(out.dice().between(-60, 30));
  }

  private static String twoDigits(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  private static String hex(Dice dice, int digits) {
    return Long.toHexString(dice.next() | Long.MIN_VALUE).substring(0, digits);
  }
}
