// SPDX-License-Identifier: Apache-2.0

import java.time.LocalTime;
import java.time.temporal.ChronoUnit;

/** Lines on standard error that say how far it is. */
final class Progress {
  private Progress() {}

  static void say(String what) {
    System.err.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + what);
  }
}
