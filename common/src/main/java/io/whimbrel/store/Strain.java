// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/**
 * A sign that the database suffers now, so that the copy should go slower.
 *
 * @param text the figure and its limit, for people
 */
public record Strain(Cause cause, String text) {

  /** What suffers; a label of metrics, so the names never change. */
  public enum Cause {
    /** Sessions of the application wait for locks that the migration holds. */
    LOCK_WAITS,
    /** A replica is behind. */
    REPLICATION_LAG,
    /** A replication slot keeps much of the write-ahead log. */
    WAL_BACKLOG,
    /** The table is being vacuumed. */
    VACUUM,
    /** A synchronous commit takes long. */
    COMMIT_LATENCY,
    /** The one writer of a file has to wait. */
    WRITER_WAIT,
    /** The write-ahead log of a file has grown. */
    WAL_SIZE
  }
}
