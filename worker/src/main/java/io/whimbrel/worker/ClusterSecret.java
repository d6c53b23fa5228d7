// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.store.Secret;
import io.whimbrel.store.StoreRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The secret that coordinators and workers share, from the environment or a file. */
public final class ClusterSecret {

  private ClusterSecret() {}

  /** Reads {@code WHIMBREL_CLUSTER_SECRET}, or the file {@code WHIMBREL_CLUSTER_SECRET_FILE}. */
  public static @Nullable Secret from(Map<String, String> environment) {
    String text = environment.get("WHIMBREL_CLUSTER_SECRET");
    String file = environment.get("WHIMBREL_CLUSTER_SECRET_FILE");
    if ((text == null || text.isEmpty()) && file != null && !file.isEmpty()) {
      try {
        text = Files.readString(Path.of(file)).strip();
      } catch (IOException e) {
        throw new StoreRefusedException("the cluster secret's file cannot be read: " + file, e);
      }
    }
    return text == null || text.isEmpty() ? null : new Secret(text);
  }
}
