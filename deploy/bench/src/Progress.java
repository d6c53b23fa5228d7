// SPDX-License-Identifier: Apache-2.0

import java.time.LocalTime;
import java.time.format.DateTimeFormatter;

/** Lines on standard error that say how far it is. */
final class Progress {
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

  private Progress() {}

  static void say(String what) {
    System.err.println(CLOCK.format(LocalTime.now()) + " " + what);
  }
}
