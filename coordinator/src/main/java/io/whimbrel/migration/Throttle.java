// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.ledger.LedgerDialect;
import io.whimbrel.metrics.ThrottleReason;
import io.whimbrel.store.Strain;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks each second whether the database suffers, and sets the workers' pace. */
final class Throttle {

  private static final Logger LOG = LoggerFactory.getLogger(Throttle.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** On a disk that keeps up, a commit takes a few milliseconds. */
  private static final long COMMIT_MILLIS_MAX = 250;

  private final RunContext context;
  private final Leadership lead;
  private final Pace pace = new Pace();
  private long lookedAt = System.nanoTime();

  Throttle(RunContext context, Leadership lead) {
    this.context = context;
    this.lead = lead;
  }

  Pace pace() {
    return pace;
  }

  void look() throws SQLException {
    long since = System.nanoTime() - lookedAt;
    if (since < LOOK.toNanos()) {
      return;
    }
    lookedAt = System.nanoTime();
    List<Strain> signs = new ArrayList<>(context.store().strain());
    addCommitLatency(signs);
    String before = pace.reason();
    pace.observe(signs);
    signs.forEach(sign -> context.metrics().throttled(sign.reason(), Duration.ofNanos(since)));
    if (before == null && pace.reason() != null) {
      LOG.info("migration={} throttled: {}", lead.migrationId(), pace.reason());
    }
  }

  // The smallest commit that waits for the disk: what one of the application's takes, too. A SQLite
  // file has one writer, whose wait its own adapter knows.
  private void addCommitLatency(List<Strain> signs) throws SQLException {
    if (context.store().dialect() != LedgerDialect.POSTGRESQL) {
      return;
    }
    long start = System.nanoTime();
    context
        .store()
        .update(
            connection ->
                context.ledger().migrations().guard(connection, lead.migrationId(), lead.epoch()));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    if (millis > COMMIT_MILLIS_MAX) {
      signs.add(
          new Strain(
              ThrottleReason.COMMIT_LATENCY,
              "a commit takes " + millis + " ms, over " + COMMIT_MILLIS_MAX + " ms"));
    }
  }
}
