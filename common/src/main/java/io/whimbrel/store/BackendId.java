// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/**
 * The server process behind a connection, so that a coordinator can end it when it takes a range
 * away from a frozen client.
 *
 * @param processId 0 where the database has no server processes (SQLite)
 * @param startedAtMicros the process's start in microseconds since 1970, to tell a reused id
 */
public record BackendId(int processId, long startedAtMicros) {
  public static final BackendId NONE = new BackendId(0, 0);
}
