// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.sqlite.SqliteSchema.UniqueIndex;
import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Carries what was written after a cut-over back into the legacy table, before it takes its place
 * again. Texts are decoded and compared before the lock is taken, into a temporary table; under the
 * lock only what was written meanwhile is looked at. Changed rows leave the legacy table first and
 * enter it anew, so that values of unique columns can have moved between them.
 */
final class SqliteCarryBack {

  /** How much may be left to be compared under the lock. */
  private static final long LEFT_MAX = 2_000;

  /** Below this another look before the lock gains nothing. */
  private static final long LEFT_FEW = 100;

  private static final int ROUNDS_MAX = 10;

  /** Keys in one read transaction: a longer one would hold up checkpoints. */
  private static final int KEYS_IN_VIEW = 500;

  private final Connection connection;
  private final SqliteSchema schema;
  private final String legacy;
  private final TableLayout migrated;
  private final TableLayout original;
  private final @Nullable String rowid;
  private long preparedTo;

  SqliteCarryBack(Connection connection, SqliteSchema schema, String legacy) throws SQLException {
    this.connection = connection;
    this.schema = schema;
    this.legacy = legacy;
    this.migrated = schema.layout(connection);
    this.original = schema.layout(connection, legacy);
    this.rowid = schema.hiddenRowid(connection, migrated);
    // Of the key's own type: compared with another, its index would be of no use.
    execute(
        "CREATE TEMP TABLE whimbrel_carry (memory_key "
            + migrated.keyType().name()
            + " PRIMARY KEY, how TEXT, content, flag)");
    execute("CREATE TEMP TABLE whimbrel_todo (place INTEGER PRIMARY KEY, memory_key)");
  }

  /** Outside of any transaction; readers and writers go on. */
  void prepare() throws SQLException {
    for (int round = 0; round < ROUNDS_MAX && left() > LEFT_FEW; round++) {
      long last = takeTodo();
      try (CarryComparison comparison =
          new CarryComparison(connection, migrated, original, legacy)) {
        for (long from = 0; from < last; from += KEYS_IN_VIEW) {
          execute("BEGIN");
          try {
            comparison.run(todo(from, from + KEYS_IN_VIEW), rowid);
          } finally {
            execute("COMMIT");
          }
        }
      }
    }
  }

  // The log only grows after a cut-over: what is above the last number has not been looked at.
  private long left() throws SQLException {
    return number(
        String.format(
            Locale.ROOT,
            "SELECT count(*) FROM (SELECT DISTINCT memory_key FROM %s WHERE change_id > %d LIMIT"
                + " %d)",
            SqliteCapture.LOG,
            preparedTo,
            LEFT_MAX + 1));
  }

  private long takeTodo() throws SQLException {
    long upTo = number("SELECT coalesce(max(change_id), 0) FROM " + SqliteCapture.LOG);
    execute("DELETE FROM temp.whimbrel_todo");
    execute(
        String.format(
            Locale.ROOT,
            "INSERT INTO temp.whimbrel_todo (memory_key) SELECT DISTINCT memory_key FROM %s WHERE"
                + " change_id > %d AND change_id <= %d AND memory_key IS NOT NULL",
            SqliteCapture.LOG,
            preparedTo,
            upTo));
    preparedTo = upTo;
    return number("SELECT count(*) FROM temp.whimbrel_todo");
  }

  private static String todo(long above, long upTo) {
    return "SELECT memory_key FROM temp.whimbrel_todo WHERE place > "
        + above
        + " AND place <= "
        + upTo;
  }

  /**
   * Runs inside the swap's transaction.
   *
   * @throws LockNotAvailableException when too much was written since it was prepared
   */
  void carry() throws SQLException {
    if (left() > LEFT_MAX) {
      throw new LockNotAvailableException(
          "more than " + LEFT_MAX + " memories were written while the way back was prepared");
    }
    long left = takeTodo();
    try (CarryComparison comparison = new CarryComparison(connection, migrated, original, legacy)) {
      comparison.run(todo(0, left), rowid);
    }
    String key = quote(original.keyColumn());
    String table = quote(legacy);
    // Compared to the last byte: a key may have come back in another case.
    String prepared = " temp.whimbrel_carry k WHERE k.memory_key = %s." + key + " COLLATE BINARY";
    execute(
        "DELETE FROM "
            + table
            + " WHERE "
            + key
            + " IN ("
            + RowStatements.CHANGED_KEYS
            + ") AND NOT EXISTS (SELECT 1 FROM"
            + prepared.replace("%s", table)
            + " AND k.how = 'SAME' AND EXISTS (SELECT 1 FROM memories m WHERE m."
            + key
            + " = "
            + table
            + "."
            + key
            + "))");
    dropReplaced(key, table);
    insert(key, table);
    execute("DROP TABLE temp.whimbrel_carry");
    execute("DROP TABLE temp.whimbrel_todo");
  }

  private void dropReplaced(String key, String table) throws SQLException {
    if (schema.uniqueIndexes(connection, migrated.table()).stream()
        .anyMatch(UniqueIndex::holdsExpression)) {
      // No trigger sees a row that goes because of a replacement through an expression.
      execute(
          String.format(
              Locale.ROOT,
              "DELETE FROM %1$s WHERE NOT EXISTS (SELECT 1 FROM memories m WHERE m.%2$s ="
                  + " %1$s.%2$s)",
              table,
              key));
    }
  }

  private void insert(String key, String table) throws SQLException {
    List<String> columns = RowStatements.carried(original, rowid);
    boolean notNull =
        original.columns().stream()
            .anyMatch(c -> c.name().equals(TableLayout.CONTENT) && c.notNull());
    String inline = notNull ? "coalesce(m.content, '')" : "m.content";
    String from =
        " FROM memories m JOIN temp.whimbrel_carry k ON k.memory_key = m."
            + key
            + " COLLATE BINARY WHERE m."
            + key
            + " IN ("
            + RowStatements.CHANGED_KEYS
            + ")";
    long wanted =
        number(
            "SELECT count(*) FROM memories WHERE "
                + key
                + " IN ("
                + RowStatements.CHANGED_KEYS
                + ")");
    if (number("SELECT count(*)" + from) != wanted) {
      throw new IllegalStateException("a changed memory was not compared");
    }
    execute(
        "INSERT INTO "
            + table
            + " ("
            + String.join(", ", columns)
            + ", content"
            + (original.hasFlag() ? ", content_compressed" : "")
            + ") SELECT "
            + String.join(", ", columns.stream().map(column -> "m." + column).toList())
            + ", CASE k.how WHEN 'INLINE' THEN "
            + inline
            + " ELSE k.content END"
            + (original.hasFlag()
                ? ", CASE k.how WHEN 'INLINE' THEN m.content_compressed WHEN 'KEPT' THEN k.flag"
                    + " ELSE 0 END"
                : "")
            + from
            + " AND k.how <> 'SAME'");
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return Sqlite.number(statement, sql);
    }
  }
}
