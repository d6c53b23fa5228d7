// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.store.Column;
import io.whimbrel.store.KeyType;
import io.whimbrel.store.StoreKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the reader says differently to the two databases. Implementations are stateless. */
sealed interface Dialect permits SqliteDialect, PostgresDialect {

  static Dialect of(StoreKind kind) {
    return switch (kind) {
      case SQLITE -> new SqliteDialect();
      case POSTGRESQL -> new PostgresDialect();
    };
  }

  /** An identifier as both databases quote it. */
  static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /**
   * Opens the snapshot and says which definition of the table it sees: two equal stamps mean that
   * nobody has swapped the table in between.
   */
  long begin(Connection connection, String qualifier) throws SQLException;

  /** The select expression that says the same of the table that a row of `m` comes from. */
  String stampExpression();

  /** Whether a statement failed because it was made for another definition of the table. */
  boolean isOutdated(SQLException e);

  /** The select expression of a key, in its text form or one that {@link #key} brings to it. */
  String keyExpression(String column);

  String key(ResultSet row, int index, KeyType type) throws SQLException;

  /**
   * Binds a key.
   *
   * @return false when no row can have this key
   */
  boolean bindKey(PreparedStatement statement, int index, KeyType type, String key)
      throws SQLException;

  /** The select expression of a column's value. */
  String valueExpression(String quoted, Column column);

  /** The value of a column, as {@link Memory#columns} promises it. */
  @Nullable Object value(ResultSet row, int index) throws SQLException;

  /** The select expression of a content's storage class, in any letter case. */
  String storageClassExpression(String content);

  boolean hasTable(Connection connection, String qualifier, String table) throws SQLException;

  /** Retained legacy tables in the store, by migration: ready to be put into SQL. */
  List<RetainedTable> retainedTables(Connection connection) throws SQLException;

  /** A legacy table that a migration has kept. */
  record RetainedTable(long migrationId, String quotedName) {}
}
