// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import java.util.Locale;

/** Why workers go slower than they could. */
public enum ThrottleReason {
  /** A person has paused the migration. */
  PAUSED,
  /** None that has a constant of its own here. */
  OTHER;

  /** The constant of a reason as people are told it; {@link #OTHER} when there is none. */
  public static ThrottleReason of(String words) {
    String name = words.strip().toUpperCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
    for (ThrottleReason reason : values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    return OTHER;
  }
}
