// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@code whimbrel_migrations}.
 *
 * @param epoch the coordinator's fencing token
 * @param cancelled whether a person has asked for everything to be undone
 * @param postponed whether the cut-over waits for a person
 * @param finishedAtMillis when it was completed, or else undone
 * @param settings the settings of the run as JSON, so that every worker and every restart agree
 * @param memories rows at the snapshot
 * @param plannedTo the planner's cursor: ranges exist up to and including this key
 * @param facts what the run has learned and the report needs (phase times, backup), as JSON
 * @param reason why it failed, was rolled back or is paused
 */
public record Migration(
    long migrationId,
    MigrationKind kind,
    MigrationState state,
    long epoch,
    boolean paused,
    boolean cancelled,
    boolean postponed,
    @Nullable String coordinatorId,
    long createdAtMillis,
    @Nullable Long finishedAtMillis,
    String settings,
    @Nullable String fingerprint,
    long memories,
    @Nullable String highestKey,
    @Nullable Integer dictionaryId,
    @Nullable String plannedTo,
    boolean planDone,
    String facts,
    @Nullable String reason) {

  /** Whether the tables were swapped, or everything was packed, before whatever came then. */
  public boolean wasCompleted() {
    return finishedAtMillis != null;
  }
}
