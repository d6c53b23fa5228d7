// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.store.Secret;
import io.whimbrel.store.StoreRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A secret from a variable of the environment, or from a file that another variable names. */
public final class EnvironmentSecret {

  private EnvironmentSecret() {}

  /**
   * Reads the variable {@code name}, or the file that {@code name_FILE} names.
   *
   * @param what what it is, for people
   * @return null when neither is set
   */
  public static @Nullable Secret from(Map<String, String> environment, String name, String what) {
    String text = environment.get(name);
    String file = environment.get(name + "_FILE");
    if ((text == null || text.isEmpty()) && file != null && !file.isEmpty()) {
      try {
        text = Files.readString(Path.of(file)).strip();
      } catch (IOException e) {
        throw new StoreRefusedException(what + "'s file cannot be read: " + file, e);
      }
    }
    return text == null || text.isEmpty() ? null : new Secret(text);
  }
}
