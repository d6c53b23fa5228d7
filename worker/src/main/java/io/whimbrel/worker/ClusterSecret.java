// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.store.Secret;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The secret that coordinators and workers share, from the environment or a file. */
public final class ClusterSecret {

  private ClusterSecret() {}

  /** Reads {@code WHIMBREL_CLUSTER_SECRET}, or the file {@code WHIMBREL_CLUSTER_SECRET_FILE}. */
  public static @Nullable Secret from(Map<String, String> environment) {
    return EnvironmentSecret.from(environment, "WHIMBREL_CLUSTER_SECRET", "the cluster secret");
  }
}
