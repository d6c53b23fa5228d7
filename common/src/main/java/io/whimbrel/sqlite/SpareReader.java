// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.store.SqlWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Short reads, and one connection kept between them: opening one, with its settings and its look at
 * the schema, takes longer than most of these reads, and the planner makes many in a second.
 * Thread-safe; reads at the same time get connections of their own.
 */
final class SpareReader {

  private final SqliteWriter.Connector connector;
  private final Lock reading;
  private @Nullable Connection spare;
  private boolean keeping = true;

  /**
   * @param reading held by every read while it looks at a snapshot
   */
  SpareReader(SqliteWriter.Connector connector, Lock reading) {
    this.connector = connector;
    this.reading = reading;
  }

  <T extends @Nullable Object> T read(SqlWork<T> work) throws SQLException {
    Connection kept = take();
    Connection connection = kept == null ? connector.connect() : kept;
    boolean sound = false;
    try {
      T result;
      try (ReadTransaction transaction = ReadTransaction.begin(connection, reading)) {
        result = work.run(transaction.connection());
      }
      sound = true;
      return result;
    } finally {
      // After an error the next read shall find out anew whether the file can be opened.
      if (!sound || !keep(connection)) {
        connection.close();
      }
    }
  }

  private synchronized @Nullable Connection take() {
    Connection kept = spare;
    spare = null;
    return kept;
  }

  private synchronized boolean keep(Connection connection) {
    if (!keeping || spare != null) {
      return false;
    }
    spare = connection;
    return true;
  }

  /** Closes what is kept, and keeps none: nobody else may have the file open for a change of it. */
  void suspend() throws SQLException {
    synchronized (this) {
      keeping = false;
    }
    Connection kept = take();
    if (kept != null) {
      kept.close();
    }
  }

  synchronized void resume() {
    keeping = true;
  }
}
