// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

/** Another coordinator leads the migration now; this one has nothing left to do with it. */
public final class LeadLostException extends RuntimeException {
  public LeadLostException(String message) {
    super(message);
  }
}
