// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.ledger.FencedException;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.ledger.RangeLedger.Totals;
import io.whimbrel.retry.Backoff;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.ShadowTable.LedgerStep;
import io.whimbrel.store.TooManyChangesException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until the tables may be swapped, draining all the while, and swaps them: the backup is
 * verified, nobody holds the cut-over back, few changes are left, and nobody looks at the database
 * as it was before the copy.
 */
final class CutOver {

  private static final Logger LOG = LoggerFactory.getLogger(CutOver.class);

  /**
   * Below PostgreSQL's {@code deadlock_timeout} of a second: an application that locks the same
   * tables in the other order must see us give up, not be ended as the victim of a deadlock.
   */
  private static final Duration LOCK_TIMEOUT = Duration.ofMillis(600);

  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10), 30);

  /** How long the swap waits for transactions that began before the copy was done. */
  private static final long OLD_SNAPSHOTS_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

  private final RunContext context;
  private final Leadership lead;
  private final Facts facts;
  private final BackupTask backup;
  private final Drainer drainer;
  private final Distributor distributor;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final long began = System.nanoTime();
  private long historyMark;
  private boolean oldSnapshotsSaid;
  private boolean oldSnapshotsPassed;
  private boolean postponedSaid;
  private int attempts;
  private long nextAttemptAt = System.nanoTime();

  CutOver(
      RunContext context,
      Leadership lead,
      Facts facts,
      BackupTask backup,
      Drainer drainer,
      Distributor distributor) {
    this.context = context;
    this.lead = lead;
    this.facts = facts;
    this.backup = backup;
    this.drainer = drainer;
    this.distributor = distributor;
  }

  /**
   * Runs until the tables are swapped.
   *
   * @throws CutOverRefusedException when they cannot be
   */
  void run(String fingerprint) throws SQLException, InterruptedException {
    historyMark = context.store().historyMark();
    while (true) {
      Totals totals = distributor.tend();
      if (totals.open() > 0 || !isReady() || !isSettled()) {
        TimeUnit.MILLISECONDS.sleep(50);
      } else if (attempt(fingerprint)) {
        return;
      }
    }
  }

  // While anything is waited for, changes go on being drained.
  private boolean isReady() throws SQLException, InterruptedException {
    if (facts.backup == null && backup.isDone()) {
      facts.backup = backup.await();
      facts.save(context, lead);
    }
    boolean postponed = distributor.migration().postponed();
    if (postponed && !postponedSaid) {
      postponedSaid = true;
      context.progress().message("the cut-over is held back: `whimbrel cut-over` lets it go");
    }
    if (facts.backup == null || postponed || distributor.migration().paused()) {
      drainer.drainIfDue();
      return false;
    }
    return true;
  }

  private boolean isSettled() throws SQLException {
    long backlog = drainer.backlog();
    if (!drainer.isSmall(backlog)) {
      drainer.drain(backlog);
      historyMark = context.store().historyMark();
      return false;
    }
    return System.nanoTime() - nextAttemptAt >= 0 && nobodyLooksBack();
  }

  // Whoever began to look before the copy was done would see the new table without its rows.
  private boolean nobodyLooksBack() throws SQLException {
    if (oldSnapshotsPassed) {
      return true;
    }
    int sessions = context.store().snapshotsBefore(historyMark);
    if (sessions == 0) {
      return true;
    }
    boolean waitedLong = System.nanoTime() - began > OLD_SNAPSHOTS_NANOS_MAX;
    if (waitedLong) {
      oldSnapshotsPassed = true;
      context
          .progress()
          .message(
              sessions
                  + " transactions are older than the copy still; should one of them read"
                  + " `memories` for the first time after the swap, it sees too few rows");
    } else if (!oldSnapshotsSaid) {
      oldSnapshotsSaid = true;
      context
          .progress()
          .message(
              "waiting up to "
                  + TimeUnit.NANOSECONDS.toSeconds(OLD_SNAPSHOTS_NANOS_MAX)
                  + " s for "
                  + sessions
                  + " transactions that are older than the copy");
    }
    return waitedLong;
  }

  private boolean attempt(String fingerprint) throws SQLException {
    attempts++;
    facts.cutOverAttempts++;
    long start = System.nanoTime();
    try {
      FaultPoint.BEFORE_CUT_OVER.hit();
      new CountedCutOver(context).run(lead.migrationId(), fingerprint, LOCK_TIMEOUT, ledger());
      FaultPoint.AFTER_CUT_OVER.hit();
      facts.cutOverMillis = (System.nanoTime() - start) / 1_000_000;
      LOG.info(
          "migration={} CUTTING_OVER -> COMPLETED attempt={} millis={}",
          lead.migrationId(),
          attempts,
          facts.cutOverMillis);
      context
          .progress()
          .message(
              "cut over in " + facts.cutOverMillis + " ms, at attempt " + facts.cutOverAttempts);
      return true;
    } catch (TooManyChangesException e) {
      said(String.valueOf(e.getMessage()), Duration.ZERO);
      // Also where the log is short: a mark that the table was emptied is carried by no swap.
      drainer.drain(drainer.backlog());
      historyMark = context.store().historyMark();
    } catch (LockNotAvailableException e) {
      if (!BACKOFF.allows(attempts + 1)) {
        throw new PauseRequiredException("the swap never got its locks: " + e.getMessage(), e);
      }
      Duration wait = BACKOFF.delayAfter(attempts, random);
      nextAttemptAt = System.nanoTime() + wait.toNanos();
      said(String.valueOf(e.getMessage()), wait);
    } catch (FencedException e) {
      Migration now =
          context
              .store()
              .read(
                  connection -> context.ledger().migrations().get(connection, lead.migrationId()));
      if (now.cancelled()) {
        throw new RollbackRequiredException("cancelled by a person");
      }
      throw e;
    }
    return false;
  }

  private LedgerStep ledger() {
    return new LedgerStep(
        List.of(
            context
                .ledger()
                .migrations()
                .moveStatement(
                    lead.migrationId(),
                    lead.epoch(),
                    MigrationState.CUTTING_OVER,
                    MigrationState.COMPLETED)));
  }

  private void said(String outcome, Duration wait) {
    context
        .progress()
        .message(
            String.format(
                Locale.ROOT,
                "cut-over attempt %d: %s; next in %d ms",
                attempts,
                outcome,
                wait.toMillis()));
  }
}
