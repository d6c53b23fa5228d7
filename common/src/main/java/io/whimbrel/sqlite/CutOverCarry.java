// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.sqlite.SqliteSchema.UniqueIndex;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.TableLayout;
import io.whimbrel.store.TooManyChangesException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Carries the last changed rows into the copy under the swap's lock, as they are: packing them
 * would take longer than writers should wait.
 */
final class CutOverCarry {

  private final SqliteSchema schema;
  private final long migrationId;

  CutOverCarry(SqliteSchema schema, long migrationId) {
    this.schema = schema;
    this.migrationId = migrationId;
  }

  /**
   * @throws CutOverRefusedException when a range is unfinished or a row has no key
   * @throws TooManyChangesException when more keys than that have changed
   */
  void check(Connection connection, int carriedMax) throws SQLException {
    TableLayout layout = schema.layout(connection);
    try (Statement statement = connection.createStatement()) {
      long unfinished =
          Sqlite.number(
              statement,
              "SELECT (SELECT count(*) FROM whimbrel_ranges WHERE migration_id = "
                  + migrationId
                  + " AND state IN ('PENDING', 'CLAIMED') AND state <> 'DONE') + (SELECT count(*)"
                  + " FROM whimbrel_range_keys WHERE migration_id = "
                  + migrationId
                  + ")");
      if (unfinished > 0) {
        throw new CutOverRefusedException("ranges of this migration are not finished");
      }
      if (SqliteCapture.isEmptied(statement)) {
        throw new TooManyChangesException("the whole table was emptied");
      }
      long changed =
          Sqlite.number(
              statement,
              "SELECT count(*) FROM (SELECT DISTINCT memory_key FROM "
                  + SqliteCapture.LOG
                  + " LIMIT "
                  + (carriedMax + 1L)
                  + ")");
      if (changed > carriedMax) {
        throw new TooManyChangesException(
            "more than " + carriedMax + " memories wait to be carried over");
      }
      if (Sqlite.number(
              statement,
              "SELECT EXISTS (SELECT 1 FROM memories WHERE "
                  + quote(layout.keyColumn())
                  + " IS NULL)")
          == 1) {
        throw new CutOverRefusedException("a row of `memories` has no key, and cannot be copied");
      }
    }
  }

  /** Empties the log: its rows are in the copy then, so that both tables hold the same. */
  void carry(Connection connection) throws SQLException {
    TableLayout layout = schema.layout(connection);
    RowStatements statements =
        new RowStatements(
            layout,
            SqliteShadowTable.copyName(migrationId),
            schema.hasHiddenRowid(connection, layout));
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(statements.deleteCopies(RowStatements.CHANGED_KEYS));
      if (schema.uniqueIndexes(connection, layout.table()).stream()
          .anyMatch(UniqueIndex::holdsExpression)) {
        // No trigger sees a row that goes because of a replacement through an expression.
        statement.executeUpdate(statements.deleteOrphans());
      }
      statement.executeUpdate(statements.carryInline());
      statement.executeUpdate(
          "DELETE FROM whimbrel_failures WHERE migration_id = "
              + migrationId
              + " AND memory_key IN (SELECT CAST(memory_key AS TEXT) FROM "
              + SqliteCapture.LOG
              + ")");
      statement.executeUpdate("DELETE FROM " + SqliteCapture.LOG);
    }
  }
}
