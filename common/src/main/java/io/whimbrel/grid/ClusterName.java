// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import io.whimbrel.store.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The name that tells one cluster from another. Derived one way from the secret, so that the secret
 * itself neither travels nor shows in a log; whoever can read the network can still see the name
 * and join, which is why the grid carries no content.
 */
final class ClusterName {
  static final String OPEN = "whimbrel";
  private static final String ALGORITHM = "HmacSHA256";
  private static final String PURPOSE = "whimbrel grid cluster name, version 1";

  private ClusterName() {}

  static String of(@Nullable Secret secret) {
    if (secret == null) {
      return OPEN;
    }
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.text().getBytes(StandardCharsets.UTF_8), ALGORITHM));
      byte[] name = mac.doFinal(PURPOSE.getBytes(StandardCharsets.UTF_8));
      return OPEN + "-" + HexFormat.of().formatHex(name);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks " + ALGORITHM, e);
    }
  }

  /** An empty secret is a mistake in a file or variable, not the wish for none. */
  static void requireUsable(@Nullable Secret secret) {
    if (secret != null && secret.text().isBlank()) {
      throw new IllegalArgumentException("the cluster secret is empty");
    }
  }
}
