// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import io.whimbrel.format.Dictionary;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The copy of the memories table that a migration builds beside the legacy one, and the two swaps.
 * Every method but the swaps is idempotent: it can be called again after a crash at any point.
 */
public interface ShadowTable {

  /**
   * Tries the copy's definition in a transaction that is rolled back.
   *
   * @throws StoreRefusedException when the definition cannot be carried over
   */
  default void rehearse() throws SQLException {}

  /** Creates the tables of the new format and an empty copy with its primary key only. */
  void create(long migrationId) throws SQLException;

  /** Stores a dictionary and returns it with its id; called within the snapshot. */
  void insertDictionary(Connection connection, int dictionaryId, int trainedOn, byte[] body)
      throws SQLException;

  int nextDictionaryId(Connection connection) throws SQLException;

  @Nullable Dictionary loadDictionary(int dictionaryId) throws SQLException;

  /**
   * Builds the remaining indexes on the copy and its statistics, once every range is committed.
   *
   * @return false when a unique index could not be built, because the copy still holds rows that
   *     changed meanwhile: bring it up to date and call again
   */
  boolean index(long migrationId) throws SQLException;

  /** Refreshes statistics and visibility of the copy after many rows of it were replaced. */
  default void tidy(long migrationId) throws SQLException {}

  /**
   * Deletes rows of the copy that the legacy table does not have any more: what follows a mark in
   * the change log that the whole table was emptied. Runs in the transaction that takes the mark.
   */
  long deleteOrphanCopies(Connection connection, long migrationId) throws SQLException;

  /** Bytes of content under the keys in the change log: what a cut-over would carry now. */
  long pendingContentBytes(Connection connection) throws SQLException;

  /** The number of rows in the copy. */
  long count(long migrationId) throws SQLException;

  /** The highest key in the copy, in the database's own order; null when it is empty. */
  @Nullable String highestKey(long migrationId) throws SQLException;

  /**
   * Swaps the tables in one transaction under one short lock; {@code ledger} runs inside it and
   * throws to call it off. Checked under the lock: the capture triggers are as installed, no range
   * is unfinished, the definition is {@code fingerprint}. The few keys that the log then holds are
   * carried over as they are, without packing. From the swap on the triggers stand on the new
   * table, and what they log is carried back by {@link #swapBack}.
   *
   * @param carriedMax the most changed keys that may be carried under the lock
   * @param lockTimeout one budget for all locks of this attempt
   * @throws LockNotAvailableException when the locks were not had in time; nothing has changed
   * @throws TooManyChangesException when the log holds too much; nothing has changed
   * @throws CutOverRefusedException when a check failed; nothing has changed
   */
  void cutOver(
      long migrationId, String fingerprint, int carriedMax, Duration lockTimeout, LedgerStep ledger)
      throws SQLException;

  /** Why a swap back is refused when a finalize has begun, whatever the ledger says. */
  static StoreRefusedException legacyTableGone(long migrationId) {
    return new StoreRefusedException(
        "the legacy table of migration "
            + migrationId
            + " is dropped already, there is no way back but a backup: `whimbrel finalize` ends"
            + " what was begun");
  }

  /** Ledger statements to run in the swap's own transaction, as SQL without parameters. */
  record LedgerStep(List<String> guardedUpdates) {
    public LedgerStep {
      guardedUpdates = List.copyOf(guardedUpdates);
    }
  }

  /** Work that remains after a swap (constraints to validate, the log to drop); idempotent. */
  void afterCutOver(long migrationId) throws SQLException;

  /**
   * Swaps back after a cut-over, in one transaction under one short lock, and carries over what was
   * written since: deletes, rows, and texts in whatever form the application wrote them. From then
   * on the legacy table is watched as before the cut-over, and the copy stands beside it.
   *
   * @throws LockNotAvailableException when the locks were not had in time, or too much was written
   *     while it was being prepared; nothing has changed, trying again is right
   * @throws CutOverRefusedException when a check failed; nothing has changed
   */
  void swapBack(long migrationId, Duration lockTimeout, LedgerStep ledger) throws SQLException;

  /**
   * Work that remains after a swap back, as for {@link #afterCutOver}, and the end of the watch;
   * then the copy may be dropped.
   */
  void afterSwapBack(long migrationId) throws SQLException;

  /** Drops the copy, and segments and dictionaries that nothing names any more. */
  void drop(long migrationId) throws SQLException;

  /**
   * Drops the retained legacy table after a cut-over, and the old values of what was packed in
   * place, and gives the space back.
   *
   * @param ledger says in the same transaction that no packing can be undone any more
   */
  void dropLegacy(long migrationId, SqlAction ledger) throws SQLException;

  /** Undoes an in-place packing: puts the old inline values back where the pointer is unchanged. */
  long unpackInPlace(long migrationId) throws SQLException;
}
