// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import io.whimbrel.ledger.LedgerDialect;
import io.whimbrel.metrics.WhimbrelMetrics;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An opened store. Thread-safe. Opening connects and checks that the address serves; it changes
 * nothing.
 */
public interface Store extends AutoCloseable {

  StoreUrl url();

  LedgerDialect dialect();

  /** The prefix that names this store's schema in SQL, such as {@code "public".}; may be empty. */
  String qualifier();

  /**
   * The memories table as it is now.
   *
   * @throws StoreRefusedException when there is none, or none that can be migrated
   */
  default TableLayout layout() throws SQLException {
    return read(this::layout);
  }

  /** As {@link #layout()}, within a transaction of this store. */
  TableLayout layout(Connection connection) throws SQLException;

  /** A connection of its own in auto-commit mode, for bulk work; the caller closes it. */
  Connection connect() throws SQLException;

  /** Runs the work in a read-write transaction that takes its locks before its first read. */
  <T extends @Nullable Object> T write(SqlWork<T> work) throws SQLException;

  /** As {@link #write}, for work without a result. */
  default void update(SqlAction action) throws SQLException {
    write(
        connection -> {
          action.run(connection);
          return true;
        });
  }

  /** Runs the work in a read-only transaction with one snapshot. */
  <T extends @Nullable Object> T read(SqlWork<T> work) throws SQLException;

  /**
   * Runs a query or a few, each of which sees what is committed when it has its locks: cheaper than
   * {@link #read} where one query says it all.
   */
  <T extends @Nullable Object> T query(SqlWork<T> work) throws SQLException;

  /**
   * How the store is set up now, to be remembered before a run changes it; empty when nothing is.
   */
  default String mode() throws SQLException {
    return "";
  }

  /** Sets the store up for a run (on SQLite: the write-ahead log, when it can be had). */
  default void enterRunMode() throws SQLException {}

  /**
   * Sets the store up as it was.
   *
   * @return false when that is not possible now, because others hold it open
   */
  default boolean restoreMode(String mode) throws SQLException {
    return true;
  }

  StoreInspector inspector();

  Capture capture();

  SnapshotReader snapshotReader();

  ShadowTable shadowTable();

  StoreBackup backup();

  /** Ends a server process that still has this identity; nothing where there are none. */
  default void terminate(BackendId backend) throws SQLException {}

  /**
   * From now on every transaction of {@link #write} and of definition changes begins with this
   * check; what it throws ends the transaction. Null takes the check away.
   */
  void fence(@Nullable SqlAction check);

  /**
   * Ends server processes of this program that keep rows of a table locked for longer than any of
   * its transactions takes: their clients are frozen or cut off.
   *
   * @return how many there were
   */
  default int endHolders(String table) throws SQLException {
    return 0;
  }

  /**
   * A mark in the database's history: whoever began to look after it sees what is committed now.
   */
  default long historyMark() throws SQLException {
    return 0;
  }

  /**
   * How many other sessions still look at the database as it was before the mark; after a swap they
   * would see the new table without the rows that came since.
   */
  default int snapshotsBefore(long historyMark) throws SQLException {
    return 0;
  }

  /** Signs that the database suffers now; empty when it does not, or when nothing can be known. */
  default List<Strain> strain() throws SQLException {
    return List.of();
  }

  /** Shows what can be told of its connections; nothing where there is no pool. */
  default void reportTo(WhimbrelMetrics metrics) {}

  /** Opens the connections of one worker thread; the session is confined to that thread. */
  StoreSession openSession(long migrationId) throws SQLException;

  @Override
  void close();
}
