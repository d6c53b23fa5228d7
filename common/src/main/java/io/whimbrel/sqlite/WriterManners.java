// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * How this process shares a SQLite file with an application. SQLite has one writer at a time and no
 * queue: who waits asks again now and then, and is passed over by a process that writes without a
 * break. While others write, a transaction lasts about 30 ms, and as long a gap follows; else it
 * lasts as long as it likes. Used under the writer's lock; the figures may be read by any thread.
 */
final class WriterManners {

  /** How long a transaction may hold the write lock while others want it. */
  static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

  /** For how long somebody who has written is expected to write again. */
  static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** No gap is longer, not even after a transaction that began when nobody else was there. */
  static final long GAP_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(250);

  static final int ROWS_MIN = 10;

  /** Transactions below this are mostly begin and commit, and say little about a row. */
  private static final int ROWS_TO_LEARN_FROM = 5;

  private static final double NANOS_PER_ROW_AT_FIRST = 40_000;
  private static final double WEIGHT_OF_THE_LATEST = 0.25;

  private final LongSupplier nanoTime;
  private boolean versionKnown;
  private long version;
  private long turnAt;
  private volatile boolean othersSeen;
  private volatile long othersSeenAt;
  private volatile boolean readersShutOut;
  private volatile double nanosPerRow = NANOS_PER_ROW_AT_FIRST;
  private final AtomicLong waitedNanos = new AtomicLong();

  WriterManners(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.turnAt = nanoTime.getAsLong();
  }

  /** In a rollback journal's commit nobody can read: transactions are small there, always. */
  void shutOutReaders(boolean shutOut) {
    readersShutOut = shutOut;
  }

  /** Leaves the gap after our last transaction to the others. */
  void waitForTurn() {
    long left = turnAt - nanoTime.getAsLong();
    if (left > 0 && othersWrite()) {
      LockSupport.parkNanos(left);
    }
  }

  /**
   * @param dataVersion SQLite's {@code data_version} on the writing connection: it moves when
   *     another connection has committed, and never by our own commits
   */
  void begun(long dataVersion) {
    if (versionKnown && dataVersion != version) {
      othersSeenAt = nanoTime.getAsLong();
      othersSeen = true;
    }
    version = dataVersion;
    versionKnown = true;
  }

  /** A new connection counts anew. */
  void forgetVersion() {
    versionKnown = false;
  }

  /**
   * @param heldNanos how long the write lock was held
   * @param rows rows written meanwhile; 0 when that is not known
   */
  void ended(long heldNanos, int rows) {
    turnAt = nanoTime.getAsLong() + Math.min(heldNanos, GAP_NANOS_MAX);
    if (rows >= ROWS_TO_LEARN_FROM) {
      double latest = (double) heldNanos / rows;
      double learned = nanosPerRow;
      nanosPerRow = learned + (latest - learned) * WEIGHT_OF_THE_LATEST;
    }
  }

  void waited(long nanos) {
    waitedNanos.addAndGet(nanos);
  }

  /** How long our transactions have waited for other processes, in all. */
  long waitedNanos() {
    return waitedNanos.get();
  }

  /** Whether another connection has written lately. */
  boolean othersWrite() {
    return othersSeen && nanoTime.getAsLong() - othersSeenAt < REMEMBERED_NANOS;
  }

  /** How many rows fit into a transaction now. */
  int rowsPerTransaction() {
    if (!othersWrite() && !readersShutOut) {
      return Integer.MAX_VALUE;
    }
    return (int) Math.max(ROWS_MIN, TURN_NANOS / nanosPerRow);
  }
}
