// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the write-ahead log small. A checkpoint copies pages into the file, but the log begins anew
 * only when a write finds everything copied and nobody reading from it; with several threads that
 * read all the time such a moment never comes by itself. So now and then this process's readers are
 * held back for one. Foreign readers, and the backup, are not: while they read, the log grows.
 */
final class WalKeeper {

  private static final Logger LOG = LoggerFactory.getLogger(WalKeeper.class);

  /** The log stays below this, or below four transactions where those are larger. */
  static final long BYTES_MAX = 64L << 20;

  private static final int TRANSACTIONS = 4;

  /** 32 MiB of usual pages. A checkpoint waits for the disk twice: make few. */
  private static final long PAGES_ALONE = 8_192;

  /**
   * From this on SQLite makes an application's commits do the checkpoint, unless told otherwise; so
   * it had better be done by then.
   */
  private static final long PAGES_AMONG_OTHERS = 1_000;

  private static final long MOMENT_MILLIS_AMONG_OTHERS = 50;
  private static final long MOMENT_MILLIS = 1_000;
  private static final int BUSY_MILLIS = 100;

  private final Path file;
  private final ReentrantReadWriteLock reading;
  private long pageBytes;
  private long lastPages;
  private long largestTransaction;
  private long triedAt;

  /**
   * @param file the log itself
   * @param reading held shared by every reader of this process while it looks at a snapshot
   */
  WalKeeper(Path file, ReentrantReadWriteLock reading) {
    this.file = file;
    this.reading = reading;
  }

  /** Bytes of the log as it lies on the disk; asks the directory and opens nothing. */
  long bytes() {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      LOG.debug("asking for the size of the write-ahead log", e);
      return 0;
    }
  }

  private record Pages(boolean busy, long log, long copied) {}

  /** Outside of a transaction, on the writing connection, whose busy time-out it may change. */
  void afterCommit(Connection writer, boolean othersWrite) throws SQLException {
    Pages pages = checkpoint(writer, "NOOP");
    if (pages.log() < 0) {
      // No write-ahead log here.
      return;
    }
    largestTransaction = Math.max(largestTransaction, pages.log() - lastPages);
    lastPages = pages.log();
    if (pages.log() - pages.copied() >= (othersWrite ? PAGES_AMONG_OTHERS : PAGES_ALONE)) {
      pages = checkpoint(writer, "PASSIVE");
      if (othersWrite) {
        // The next write begins the log anew, if only our own readers were in its way.
        inAMoment(writer, "PASSIVE", MOMENT_MILLIS_AMONG_OTHERS);
      }
    }
    if (pages.log() > pagesMax(writer)) {
      shorten(writer, pages.log());
    }
  }

  private long pagesMax(Connection writer) throws SQLException {
    if (pageBytes == 0) {
      try (Statement statement = writer.createStatement()) {
        pageBytes = Sqlite.number(statement, "PRAGMA page_size");
      }
    }
    return Math.max(BYTES_MAX / pageBytes, TRANSACTIONS * largestTransaction);
  }

  private void shorten(Connection writer, long pages) throws SQLException {
    if (pages < triedAt) {
      triedAt = 0;
    }
    if (triedAt > 0 && pages - triedAt < PAGES_ALONE / 4) {
      return;
    }
    checkpoint(writer, "PASSIVE");
    triedAt = inAMoment(writer, "TRUNCATE", MOMENT_MILLIS) ? 0 : pages;
  }

  /** Whether there was such a moment, and the checkpoint left nothing. */
  private boolean inAMoment(Connection writer, String kind, long waitMillis) throws SQLException {
    boolean alone = false;
    try {
      alone = reading.writeLock().tryLock(waitMillis, TimeUnit.MILLISECONDS);
      if (!alone) {
        return false;
      }
      // A process that reads or writes all the time is not waited for.
      execute(writer, "PRAGMA busy_timeout = " + BUSY_MILLIS);
      Pages pages = checkpoint(writer, kind);
      return !pages.busy() && pages.log() == pages.copied();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      if (alone) {
        reading.writeLock().unlock();
      }
    }
  }

  private static Pages checkpoint(Connection writer, String kind) throws SQLException {
    try (Statement statement = writer.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(" + kind + ")")) {
      row.next();
      return new Pages(row.getInt(1) != 0, row.getLong(2), row.getLong(3));
    }
  }

  private static void execute(Connection writer, String sql) throws SQLException {
    try (Statement statement = writer.createStatement()) {
      statement.execute(sql);
    }
  }
}
