// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.ledger.Migration;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The pauses that a coordinator makes by itself, since it needs a person's help. */
final class Pauses {

  private static final Duration LOOK = Duration.ofMillis(500);

  private final RunContext context;
  private final Steering steering;
  private final Leadership lead;

  Pauses(RunContext context, Steering steering, Leadership lead) {
    this.context = context;
    this.steering = steering;
    this.lead = lead;
  }

  /**
   * Records the pause and its reason, and waits until a person ends it or cancels everything.
   *
   * @throws SQLException when the ledger cannot be written or read
   */
  void untilResumed(String reason) throws SQLException, InterruptedException {
    context
        .store()
        .update(
            connection -> {
              context.ledger().migrations().pause(connection, lead.migrationId(), reason);
              context.ledger().workers().forgetTrouble(connection, lead.migrationId());
            });
    context.metrics().paused(true);
    context.progress().message("paused: " + reason + "; mend it, then `whimbrel resume` goes on");
    Migration now = load();
    while (now.paused() && !now.cancelled()) {
      if (steering.isStopped()) {
        throw new RunInterruptedException("stopped");
      }
      if (now.epoch() != lead.epoch()) {
        throw Leadership.lost(now);
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      now = load();
    }
    context.metrics().paused(false);
    context.progress().message("going on in state " + now.state());
  }

  private Migration load() throws SQLException {
    return context
        .store()
        .read(connection -> context.ledger().migrations().get(connection, lead.migrationId()));
  }
}
