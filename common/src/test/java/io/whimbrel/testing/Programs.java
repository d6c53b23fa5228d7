// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs of the machine that a test needs and Maven does not bring. Without one the test is
 * skipped, which is said in the build's output; with {@code WHIMBREL_REQUIRE_PROGRAMS=true} it
 * fails instead.
 */
public final class Programs {
  private static final String REQUIRED = "WHIMBREL_REQUIRE_PROGRAMS";

  private Programs() {}

  /**
   * The first of these programs that is on the path.
   *
   * @param unproven what nobody has shown without it: {@code no panel was asked}
   */
  public static Path needed(String unproven, String... names) {
    Optional<Path> found =
        Stream.of(names).flatMap(name -> find(System.getenv("PATH"), name)).findFirst();
    if (found.isPresent()) {
      return found.get();
    }
    String missing = "no " + names[0] + " on this machine: " + unproven;
    if (Boolean.parseBoolean(System.getenv(REQUIRED))) {
      throw new AssertionError(missing + ", and " + REQUIRED + " is set");
    }
    System.err.println("SKIPPED: " + missing);
    return Assumptions.abort(missing);
  }

  static Stream<Path> find(String path, String name) {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(path)
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable);
  }
}
