// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Fills an empty database with a legacy store. The rows depend on the options alone, but for two
 * things: SQLite holds some owners that are no users, which PostgreSQL refuses, and compressed
 * bytes are those of the Java at hand.
 */
public final class DemoStore {
  private final DemoOptions options;

  public DemoStore(DemoOptions options) {
    this.options = options;
  }

  /** As {@link #fill(Connection, DemoObserver)}, with nobody watching. */
  public DemoSummary fill(Connection connection) throws SQLException {
    return fill(connection, (id, form, readsAs) -> {});
  }

  /**
   * Creates the tables and writes all rows in one transaction, in bounded memory. A failure leaves
   * the database as it was. The connection's auto-commit mode is put back at the end.
   *
   * @throws IllegalStateException when the database has one of the tables already
   * @throws IllegalArgumentException when it is neither SQLite nor PostgreSQL
   */
  public DemoSummary fill(Connection connection, DemoObserver observer) throws SQLException {
    DemoSchema schema = DemoSchema.of(connection);
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    boolean done = false;
    try {
      schema.refuseExisting(connection);
      schema.create(connection);
      DemoSummary summary;
      try (RowSink sink = schema.sink(connection);
          Filling filling = new Filling(options, schema, sink, observer)) {
        summary = filling.run();
      }
      schema.advanceSequences(connection);
      connection.commit();
      done = true;
      return summary;
    } finally {
      if (!done) {
        connection.rollback();
      }
      connection.setAutoCommit(autoCommit);
    }
  }
}
