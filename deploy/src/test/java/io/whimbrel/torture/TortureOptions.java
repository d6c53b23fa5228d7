// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a series is asked for.
 *
 * @param jar the runnable jar of the product
 * @param work where stores and logs go; a good run leaves nothing there
 * @param postgresBinaries where the server's programs are; null when PostgreSQL is left out
 * @param runs on each database
 * @param seed of the first run; each further run takes the next number
 * @param report null for none
 */
record TortureOptions(
    Path jar,
    Path work,
    @Nullable Path postgresBinaries,
    boolean sqlite,
    int runs,
    long seed,
    int memories,
    @Nullable Path report) {

  /**
   * Reads pairs of names and values; the launcher fills in what is not given.
   *
   * @throws IllegalArgumentException when one is unknown or has no value
   */
  static TortureOptions parse(List<String> arguments) {
    Path jar = Path.of("whimbrel.jar");
    Path work = Path.of(".");
    Path binaries = null;
    Path report = null;
    boolean sqlite = false;
    int runs = 20;
    long seed = 1;
    int memories = 20_000;
    if (arguments.size() % 2 != 0) {
      throw new IllegalArgumentException("an option has no value: " + arguments);
    }
    for (int i = 0; i < arguments.size(); i += 2) {
      String value = arguments.get(i + 1);
      switch (arguments.get(i)) {
        case "--jar" -> jar = Path.of(value);
        case "--work" -> work = Path.of(value);
        case "--postgres-binaries" -> binaries = Path.of(value);
        case "--sqlite" -> sqlite = Boolean.parseBoolean(value);
        case "--runs" -> runs = Integer.parseInt(value);
        case "--seed" -> seed = Long.parseLong(value);
        case "--memories" -> memories = Integer.parseInt(value);
        case "--report" -> report = Path.of(value);
        default -> throw new IllegalArgumentException("unknown option " + arguments.get(i));
      }
    }
    return new TortureOptions(jar, work, binaries, sqlite, runs, seed, memories, report);
  }
}
