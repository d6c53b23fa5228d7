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
 * @param pacePercent the share of their full speed that workers may use, 1 to 100
 */
public record ControlState(
    long migrationId,
    long epoch,
    String phase,
    boolean paused,
    @Nullable String throttle,
    int pacePercent) {
  public ControlState {
    if (phase.isBlank()) {
      throw new IllegalArgumentException("a control state needs its phase");
    }
    if (pacePercent < 1 || pacePercent > 100) {
      throw new IllegalArgumentException("a pace is 1 to 100 percent, not " + pacePercent);
    }
  }
}
