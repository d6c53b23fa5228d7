// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds test data that lies beside the project and is no part of it. */
public final class SharedData {

  private SharedData() {}

  /** A file in the nearest {@code shared/data} above; where there is none, the test is skipped. */
  public static Path fileOrSkip(String name) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path file = folder.resolve("shared").resolve("data").resolve(name);
      if (Files.isReadable(file)) {
        return file;
      }
    }
    return Assumptions.abort("the shared test data is not here: " + name);
  }
}
