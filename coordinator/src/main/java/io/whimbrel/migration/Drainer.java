// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.ledger.DeltaLedger.Drain;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns captured changes into rounds of DELTA ranges. A round begins when every range of the one
 * before is committed, so that a key is never in two ranges at once.
 */
final class Drainer {

  private static final Logger LOG = LoggerFactory.getLogger(Drainer.class);

  /** The most changed keys that a swap carries under its lock. */
  static final int CARRIED_KEYS_MAX = 1_000;

  /** The most content that a swap carries under its lock. */
  static final long CARRIED_BYTES_MAX = 16L << 20;

  private static final int KEYS_PER_RANGE = 500;
  private static final int CHANGES_PER_ROUND = 100_000;

  /** How old a short log may grow beside other work, before it is drained all the same. */
  private static final long AGE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  private final RunContext context;
  private final Leadership lead;
  private final BacklogTrend trend = new BacklogTrend();
  private final List<Long> undelivered = new ArrayList<>();
  private long lastDrainAt = System.nanoTime();
  private long keysTaken;

  Drainer(RunContext context, Leadership lead) {
    this.context = context;
    this.lead = lead;
  }

  /** Rows in the change log now. */
  long backlog() throws SQLException {
    long backlog = context.store().read(context.store().capture()::pending);
    context.metrics().captureBacklogKeys(backlog);
    return backlog;
  }

  /** Whether what is left is little enough to be carried by the swap itself. */
  boolean isSmall(long backlog) throws SQLException {
    return backlog <= CARRIED_KEYS_MAX
        && (backlog == 0
            || context.store().read(context.store().shadowTable()::pendingContentBytes)
                <= CARRIED_BYTES_MAX);
  }

  /** Begins a round; no range of an earlier one may be unfinished. */
  void drain(long backlog) throws SQLException {
    Drain drain =
        context
            .store()
            .write(
                connection -> {
                  context.ledger().migrations().guard(connection, lead.migrationId(), lead.epoch());
                  Drain taken =
                      context
                          .ledger()
                          .deltas()
                          .drain(connection, lead.migrationId(), KEYS_PER_RANGE, CHANGES_PER_ROUND);
                  FaultPoint.IN_DRAIN.hit();
                  if (taken.tableEmptied()) {
                    context
                        .store()
                        .shadowTable()
                        .deleteOrphanCopies(connection, lead.migrationId());
                  }
                  return taken;
                });
    undelivered.addAll(drain.rangeIds());
    keysTaken += drain.changedKeys();
    lastDrainAt = System.nanoTime();
    LOG.info(
        "migration={} draining keys={} ranges={} emptied={}",
        lead.migrationId(),
        drain.changedKeys(),
        drain.rangeIds().size(),
        drain.tableEmptied());
    trend
        .observe(lastDrainAt, backlog, drain.changedKeys())
        .ifPresent(warning -> context.progress().message(warning));
  }

  /** Begins a round beside other work, when there is enough to do or it has waited long enough. */
  void drainIfDue() throws SQLException {
    long backlog = backlog();
    boolean due =
        backlog > CARRIED_KEYS_MAX / 2
            || (backlog > 0 && System.nanoTime() - lastDrainAt > AGE_NANOS_MAX);
    if (due && !isRoundOpen()) {
      drain(backlog);
    }
  }

  private boolean isRoundOpen() throws SQLException {
    return context
        .store()
        .read(connection -> context.ledger().deltas().isRoundOpen(connection, lead.migrationId()));
  }

  /** Ids of new ranges since the last call. */
  List<Long> takeNew() {
    List<Long> taken = List.copyOf(undelivered);
    undelivered.clear();
    return taken;
  }

  /** Keys taken by this process so far. */
  long keysTaken() {
    return keysTaken;
  }
}
