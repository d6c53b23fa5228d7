// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.store.SqlAction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The process's only writing connection, and whose turn it is. Waits where others want to write as
 * well, and keeps the write-ahead log small.
 */
final class SqliteWriter {

  /** Opens a connection. */
  interface Connector {
    Connection connect() throws SQLException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(SqliteWriter.class);

  private final Connector connector;
  private final WriterManners manners;
  private final WalKeeper wal;
  private final ReentrantLock lock = new ReentrantLock(true);
  private Connection connection;
  private boolean rollbackJournal;
  private long busyMillis = -1;
  private volatile @Nullable SqlAction fence;

  SqliteWriter(Connector connector, WriterManners manners, WalKeeper wal) throws SQLException {
    this.connector = connector;
    this.manners = manners;
    this.wal = wal;
    this.connection = open();
  }

  // Checkpoints are made by the keeper: within a commit they would count as writing.
  private Connection open() throws SQLException {
    Connection fresh = connector.connect();
    execute(fresh, "PRAGMA wal_autocheckpoint = 0");
    execute(fresh, "PRAGMA journal_size_limit = " + WalKeeper.BYTES_MAX);
    setCacheSpill(fresh);
    busyMillis = -1;
    return fresh;
  }

  /** Takes the connection; nobody else in this process writes until the turn is closed. */
  Turn turn() {
    lock.lock();
    return new Turn();
  }

  // A spilled page takes the exclusive lock long before the commit, where there is no log for it.
  private void setCacheSpill(Connection connection) throws SQLException {
    execute(connection, "PRAGMA cache_spill = " + (rollbackJournal ? "OFF" : "ON"));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What every transaction begins with from now on; null for nothing. */
  void fence(@Nullable SqlAction check) {
    fence = check;
  }

  void close() throws SQLException {
    connection.close();
  }

  /** The writing connection while it is held by one thread. */
  final class Turn implements AutoCloseable {
    private boolean open;
    private boolean committed;
    private long begunAt;
    private int rows;

    Connection connection() {
      return connection;
    }

    /** Without a write-ahead log, commits shut readers out: the writer and its manners adapt. */
    void journalModeIs(String mode) throws SQLException {
      rollbackJournal = !mode.equals("wal");
      busyMillis = -1;
      setCacheSpill(connection);
      manners.shutOutReaders(rollbackJournal);
      // Changing the mode moves the version too, and nobody else has written.
      manners.forgetVersion();
    }

    /**
     * Begins a transaction that holds the write lock from its start.
     *
     * @param patience how long others may keep us waiting; a caller with many fellows behind it
     *     should come again rather than wait here
     */
    void begin(Duration patience) throws SQLException {
      manners.waitForTurn();
      if (busyMillis != patience.toMillis()) {
        busyMillis = patience.toMillis();
        execute("PRAGMA busy_timeout = " + busyMillis);
      }
      long asked = System.nanoTime();
      try {
        execute("BEGIN IMMEDIATE");
      } catch (SQLiteException e) {
        if (e.getResultCode() == SQLiteErrorCode.SQLITE_BUSY) {
          manners.waited(System.nanoTime() - asked);
        }
        throw e;
      }
      open = true;
      begunAt = System.nanoTime();
      manners.waited(begunAt - asked);
      try (Statement statement = connection.createStatement()) {
        manners.begun(Sqlite.number(statement, "PRAGMA data_version"));
      }
      SqlAction check = fence;
      if (check != null) {
        check.run(connection);
      }
    }

    /** Says how many rows the open transaction has written, from which its speed is learned. */
    void wrote(int count) {
      rows += count;
    }

    void commit() throws SQLException {
      execute("COMMIT");
      ended();
      committed = true;
    }

    void execute(String sql) throws SQLException {
      SqliteWriter.execute(connection, sql);
    }

    void rollback() throws SQLException {
      if (open) {
        execute("ROLLBACK");
        rows = 0;
        ended();
      }
    }

    private void ended() {
      open = false;
      manners.ended(System.nanoTime() - begunAt, rows);
      rows = 0;
    }

    /** Opens the connection anew, after its view of the schema was changed behind its back. */
    void reconnect() throws SQLException {
      Connection fresh = open();
      connection.close();
      connection = fresh;
      manners.forgetVersion();
    }

    @Override
    public void close() throws SQLException {
      try {
        rollback();
        if (committed) {
          wal.afterCommit(connection, manners.othersWrite());
          busyMillis = -1;
        }
      } catch (SQLException e) {
        // What was committed is committed: the next turn will tidy up.
        if (!committed) {
          throw e;
        }
        LOG.warn("the write-ahead log was not checkpointed: {}", e.getMessage());
      } finally {
        lock.unlock();
      }
    }
  }
}
