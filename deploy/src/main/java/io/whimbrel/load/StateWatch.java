// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Looks at the ledger all the time, and notes when the newest migration's state changes. */
final class StateWatch implements AutoCloseable {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Target target;
  private final Moment moment;
  private final List<Seen> seen = new ArrayList<>();
  private volatile boolean closed;

  /** A state, and when it was first seen; empty before there is a ledger. */
  record Seen(String state, long micros) {}

  StateWatch(Target target, Moment moment) {
    this.target = target;
    this.moment = moment;
    note(new Seen("", moment.micros()));
    Thread thread = new Thread(this::watch, "state-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    while (!closed) {
      try (Connection connection = target.connect()) {
        while (!closed) {
          look(connection);
          LockSupport.parkNanos(LOOK_NANOS);
        }
      } catch (SQLException noLedgerYet) {
        LockSupport.parkNanos(5 * LOOK_NANOS);
      }
    }
  }

  private void look(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT state, migration_id FROM whimbrel_migrations"
                    + " ORDER BY migration_id DESC LIMIT 1")) {
      if (row.next()) {
        note(new Seen(row.getString(1), moment.micros()));
      }
    }
  }

  private synchronized void note(Seen now) {
    if (seen.isEmpty() || !seen.get(seen.size() - 1).state().equals(now.state())) {
      seen.add(now);
      notifyAll();
    }
  }

  synchronized String state() {
    return seen.get(seen.size() - 1).state();
  }

  /** All changes so far, in their order. */
  synchronized List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** Waits for a state, at most so long; false when it was not seen. */
  synchronized boolean await(String state, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!state().equals(state)) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** The last look may still be under way when this returns. */
  @Override
  public void close() {
    closed = true;
  }
}
