// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.progress.ProgressDisplay;
import io.whimbrel.retry.Backoff;
import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.ShadowTable.LedgerStep;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreRefusedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The two ends of a retention: going back to the legacy table, or dropping it for good. */
public final class Undoing {

  /**
   * Below PostgreSQL's {@code deadlock_timeout} of a second: an application that locks the same
   * tables in the other order must see us give up, not be ended as the victim of a deadlock.
   */
  private static final Duration LOCK_TIMEOUT = Duration.ofMillis(600);

  private static final Backoff SWAP_BACKOFF =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10), 30);

  private static final String REASON = "rolled back by a person";

  private final Store store;
  private final Ledger ledger;
  private final ProgressDisplay progress;
  private final String host;

  public Undoing(Store store, Ledger ledger, ProgressDisplay progress, String host) {
    this.store = store;
    this.ledger = ledger;
    this.progress = progress;
    this.host = host;
  }

  /**
   * The migration that a rollback or a finalize means when none is named: the newest completed
   * swap, else the newest completed packing.
   */
  public Migration completed() throws SQLException {
    List<Migration> all = requireNoneOpen();
    Optional<Migration> swap =
        all.stream()
            .filter(m -> m.state() == MigrationState.COMPLETED)
            .filter(m -> m.kind() == MigrationKind.SHADOW_COPY)
            .reduce((first, second) -> second);
    return swap.or(
            () ->
                all.stream()
                    .filter(m -> m.state() == MigrationState.COMPLETED)
                    .reduce((first, second) -> second))
        .orElseThrow(
            () ->
                new StoreRefusedException(
                    "no completed migration is kept in this store: there is nothing to go back"
                        + " to"));
  }

  // What is open works on the table that serves, or is about to take its place.
  private List<Migration> requireNoneOpen() throws SQLException {
    List<Migration> all = store.read(ledger.migrations()::all);
    for (Migration migration : all) {
      if (!migration.state().isTerminal()) {
        throw new StoreRefusedException(
            "migration "
                + migration.migrationId()
                + " is "
                + migration.state()
                + ": end it first, with `migrate` or `rollback --migration "
                + migration.migrationId()
                + "`");
      }
    }
    return all;
  }

  /**
   * Takes a completed migration back. After a swap the legacy table serves again, with what was
   * written since, and the migration is ROLLING_BACK: its copy stands beside the table until {@link
   * MigrationRun} has compared the two. What was packed in place is inline again, and that is all.
   */
  public void begin(Migration migration) throws SQLException, InterruptedException {
    requireNoneOpen();
    try (Leadership lead = Leadership.take(store, ledger, host, migration)) {
      if (migration.kind() == MigrationKind.IN_PLACE) {
        long rows = store.shadowTable().unpackInPlace(migration.migrationId());
        progress.message(rows + " memories are inline again");
        store.update(
            connection ->
                ledger
                    .migrations()
                    .move(
                        connection,
                        migration.migrationId(),
                        lead.epoch(),
                        MigrationState.COMPLETED,
                        MigrationState.ROLLED_BACK,
                        REASON));
        return;
      }
      swapBack(migration, new LedgerStep(moves(migration, lead.epoch())));
      FaultPoint.AFTER_SWAP_BACK.hit();
    }
  }

  // Packing done in place since the swap goes with the table it was done in.
  private List<String> moves(Migration swap, long epoch) throws SQLException {
    List<String> moves = new ArrayList<>();
    moves.add(ledger.migrations().undoStatement(swap.migrationId(), epoch, REASON));
    for (Migration later : otherPackings(swap)) {
      moves.add(
          ledger
              .migrations()
              .moveStatement(
                  later.migrationId(),
                  later.epoch(),
                  MigrationState.COMPLETED,
                  MigrationState.ROLLED_BACK));
    }
    return moves;
  }

  private List<Migration> otherPackings(Migration migration) throws SQLException {
    return store.read(ledger.migrations()::all).stream()
        .filter(other -> other.migrationId() != migration.migrationId())
        .filter(other -> other.kind() == MigrationKind.IN_PLACE)
        .filter(other -> other.state() == MigrationState.COMPLETED)
        .toList();
  }

  // Their old values go with the legacy table, so nobody may believe that they can be undone.
  private void finishAll(Connection connection, List<Migration> packings) throws SQLException {
    for (Migration packing : packings) {
      ledger
          .migrations()
          .move(
              connection,
              packing.migrationId(),
              packing.epoch(),
              MigrationState.COMPLETED,
              MigrationState.FINALIZED,
              null);
    }
  }

  private void swapBack(Migration migration, LedgerStep step)
      throws SQLException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        store.shadowTable().swapBack(migration.migrationId(), LOCK_TIMEOUT, step);
        return;
      } catch (LockNotAvailableException e) {
        if (!SWAP_BACKOFF.allows(attempt + 1)) {
          throw new MigrationFailedException(
              "the swap back never got its locks, the store serves as before: " + e.getMessage(),
              e);
        }
        progress.message("attempt " + attempt + ": " + e.getMessage());
        TimeUnit.MILLISECONDS.sleep(
            SWAP_BACKOFF.delayAfter(attempt, RandomGenerator.getDefault()).toMillis());
      }
    }
  }

  /**
   * Drops the legacy table and what packings in place kept, and gives their space back; the backup
   * is the only way back then.
   */
  public void finish(Migration migration) throws SQLException, InterruptedException {
    try (Leadership lead = Leadership.take(store, ledger, host, migration)) {
      List<Migration> packings = otherPackings(migration);
      store
          .shadowTable()
          .dropLegacy(migration.migrationId(), connection -> finishAll(connection, packings));
      FaultPoint.IN_FINALIZE.hit();
      store.update(
          connection ->
              ledger
                  .migrations()
                  .move(
                      connection,
                      migration.migrationId(),
                      lead.epoch(),
                      MigrationState.COMPLETED,
                      MigrationState.FINALIZED,
                      null));
    }
  }
}
