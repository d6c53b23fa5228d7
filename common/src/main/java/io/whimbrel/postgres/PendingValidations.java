// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Constraints that a swap added without reading their tables. Each is validated and struck off in
 * one transaction, so that the work can stop and go on anywhere.
 */
final class PendingValidations {

  private final PostgresStore store;

  PendingValidations(PostgresStore store) {
    this.store = store;
  }

  void run(long migrationId) throws SQLException {
    String steps = store.qualifier() + FormatTables.SWAP_STEPS;
    if (!store.read(connection -> Catalog.exists(connection, steps))) {
      return;
    }
    Optional<String> next = store.read(connection -> next(connection, steps, migrationId));
    while (next.isPresent()) {
      String statement = next.get();
      new LockRetry(store)
          .run(
              "validate a constraint",
              connection -> {
                Catalog.execute(connection, statement);
                return strikeOff(connection, steps, migrationId, statement);
              });
      next = store.read(connection -> next(connection, steps, migrationId));
    }
  }

  private static Optional<String> next(Connection connection, String steps, long migrationId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT statement FROM "
                + steps
                + " WHERE migration_id = ? AND step = 'VALIDATE' ORDER BY statement_order LIMIT 1")) {
      select.setLong(1, migrationId);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  private static int strikeOff(
      Connection connection, String steps, long migrationId, String statement) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM " + steps + " WHERE migration_id = ? AND statement = ?")) {
      delete.setLong(1, migrationId);
      delete.setString(2, statement);
      return delete.executeUpdate();
    }
  }
}
