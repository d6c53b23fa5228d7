// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

/** Why workers go slower than they could. The names are labels, so they never change. */
public enum ThrottleReason {
  /** A person has paused the migration. */
  PAUSED,
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
