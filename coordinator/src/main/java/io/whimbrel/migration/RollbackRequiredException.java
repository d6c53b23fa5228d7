// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

/** The run must be undone everywhere; the message is the reason. */
final class RollbackRequiredException extends RuntimeException {
  private final boolean cancelled;

  RollbackRequiredException(String reason, boolean cancelled) {
    super(reason);
    this.cancelled = cancelled;
  }

  /** Whether a person asked for it. */
  boolean isCancelled() {
    return cancelled;
  }
}
