// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.Lock;

/**
 * A read transaction of this process. It holds the reading lock, so that the keeper of the
 * write-ahead log can have a moment without any; the thread that began it closes it.
 */
final class ReadTransaction implements AutoCloseable {

  private final Connection connection;
  private final Lock reading;

  private ReadTransaction(Connection connection, Lock reading) {
    this.connection = connection;
    this.reading = reading;
  }

  static ReadTransaction begin(Connection connection, Lock reading) throws SQLException {
    reading.lock();
    boolean begun = false;
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      begun = true;
      return new ReadTransaction(connection, reading);
    } finally {
      if (!begun) {
        reading.unlock();
      }
    }
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void close() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("COMMIT");
    } finally {
      reading.unlock();
    }
  }
}
