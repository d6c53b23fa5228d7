// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.SqlWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Short definitions changes on a table in use. A waiting lock request stops everybody behind it, so
 * each try waits briefly, gives up, and lets the queue pass before the next.
 */
final class LockRetry {

  private static final int TRIES_MAX = 12;

  /**
   * Below the server's {@code deadlock_timeout} of a second: an application that locks the same
   * tables in the other order must see us give up, not be ended as the victim of a deadlock.
   */
  private static final int LOCK_MILLIS = 600;

  private static final long PAUSE_MILLIS_MIN = 50;
  private static final long PAUSE_MILLIS_MAX = 3_000;

  private final PostgresStore store;

  LockRetry(PostgresStore store) {
    this.store = store;
  }

  /**
   * @param what named in the message when the lock was never had
   * @throws LockNotAvailableException after the last try; nothing has changed
   */
  void run(String what, SqlWork<?> work) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        store.write(
            connection -> {
              limitWaits(connection);
              work.run(connection);
              return true;
            });
        return;
      } catch (SQLException e) {
        if (!SqlStates.isLock(e)) {
          throw e;
        }
        if (attempt == TRIES_MAX) {
          throw new LockNotAvailableException(
              "could not " + what + ": other transactions held the table through every try", e);
        }
        pause(attempt, what);
      }
    }
  }

  private static void limitWaits(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // A process that freezes in here must not keep the table from everybody.
      statement.execute(
          "SET LOCAL lock_timeout = "
              + LOCK_MILLIS
              + "; SET LOCAL idle_in_transaction_session_timeout = '5s'");
    }
  }

  private static void pause(int attempt, String what) {
    long limit = Math.min(PAUSE_MILLIS_MAX, PAUSE_MILLIS_MIN << attempt);
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(limit / 2, limit + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LockNotAvailableException("interrupted before it could " + what, e);
    }
  }
}
