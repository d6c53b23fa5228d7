// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import org.jspecify.annotations.Nullable;

/**
 * What the coordinator wants its workers to know soon: a copy of what the ledger says.
 *
 * @param migrationId the migration it speaks of
 * @param epoch the coordinator's epoch in the ledger; an older one than the ledger's is to be
 *     ignored
 * @param phase name of the migration's state
 * @param paused whether workers claim nothing for now
 * @param throttle why the workers go slower, null when they do not
 */
public record ControlState(
    long migrationId, long epoch, String phase, boolean paused, @Nullable String throttle) {
  public ControlState {
    if (phase.isBlank()) {
      throw new IllegalArgumentException("a control state needs its phase");
    }
  }
}
