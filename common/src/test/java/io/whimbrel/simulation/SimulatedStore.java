// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.KeyRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The store, reduced to what the protocol is about: a row is a key and a version, versions only
 * grow, and a version below zero says that the row was deleted then. The change log and the keys of
 * delta ranges are the product's own tables.
 */
final class SimulatedStore {

  /** The version of a key as read, with a minus when there was no row. */
  record Value(String key, long version) {}

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE sim_legacy (memory_key TEXT PRIMARY KEY, version INTEGER NOT NULL)",
          "CREATE TABLE sim_truth (memory_key TEXT PRIMARY KEY, version INTEGER NOT NULL)",
          "CREATE TABLE sim_copy (migration_id INTEGER, memory_key TEXT, version INTEGER NOT NULL,"
              + " range_id INTEGER NOT NULL, PRIMARY KEY (migration_id, memory_key))",
          "CREATE TABLE sim_state (captures INTEGER NOT NULL, live INTEGER NOT NULL)",
          "CREATE TABLE sim_drained (highest INTEGER NOT NULL)",
          "CREATE TABLE IF NOT EXISTS whimbrel_changes (change_id INTEGER PRIMARY KEY, memory_key)");

  private static final List<String> CLEARED =
      List.of(
          "DELETE FROM sim_legacy",
          "DELETE FROM sim_truth",
          "DELETE FROM sim_copy",
          "DELETE FROM sim_state",
          "DELETE FROM sim_drained",
          "INSERT INTO sim_state VALUES (0, 0)",
          "DELETE FROM whimbrel_changes",
          "DELETE FROM whimbrel_range_keys",
          "DELETE FROM whimbrel_ranges",
          "DELETE FROM whimbrel_workers",
          "DELETE FROM whimbrel_migrations",
          "INSERT INTO sim_drained VALUES (0)");

  static void create(Connection connection) throws SQLException {
    run(connection, TABLES);
  }

  /** Makes the database of an earlier run a new one. */
  static void clear(Connection connection) throws SQLException {
    run(connection, CLEARED);
  }

  private static void run(Connection connection, List<String> statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** What an application commits: each key's new version, and its numbers in the change log. */
  void write(Connection connection, Map<String, Long> changes, Map<String, Long> values)
      throws SQLException {
    long live = number(connection, "SELECT live FROM sim_state");
    boolean captures = live == 0 && number(connection, "SELECT captures FROM sim_state") != 0;
    for (Map.Entry<String, Long> value : values.entrySet()) {
      String key = value.getKey();
      long version = value.getValue();
      update(connection, "INSERT OR REPLACE INTO sim_truth VALUES (?, ?)", key, version);
      if (live != 0) {
        update(
            connection, "INSERT OR REPLACE INTO sim_copy VALUES (?, ?, ?, 0)", live, key, version);
      } else if (version > 0) {
        update(connection, "INSERT OR REPLACE INTO sim_legacy VALUES (?, ?)", key, version);
      } else {
        update(connection, "DELETE FROM sim_legacy WHERE memory_key = ?", key);
      }
      Long change = changes.get(key);
      if (captures && change != null) {
        update(connection, "INSERT INTO whimbrel_changes VALUES (?, ?)", change, key);
      }
    }
  }

  void installCapture(Connection connection) throws SQLException {
    update(connection, "UPDATE sim_state SET captures = 1");
  }

  void removeCapture(Connection connection) throws SQLException {
    update(connection, "UPDATE sim_state SET captures = 0");
    update(connection, "DELETE FROM whimbrel_changes");
  }

  void dropCopy(Connection connection, long migrationId) throws SQLException {
    update(connection, "DELETE FROM sim_copy WHERE migration_id = ?", migrationId);
  }

  Optional<String> highestKey(Connection connection) throws SQLException {
    return text(connection, "SELECT max(memory_key) FROM sim_legacy");
  }

  Optional<String> keyAfter(Connection connection, @Nullable String lower, String end, int rows)
      throws SQLException {
    return text(
        connection,
        "SELECT memory_key FROM sim_legacy WHERE memory_key > ? AND memory_key <= ? ORDER BY"
            + " memory_key LIMIT 1 OFFSET ?",
        lower == null ? "" : lower,
        end,
        rows - 1);
  }

  List<Value> readLegacy(Connection connection, KeyRange keys) throws SQLException {
    String lower = keys.lower();
    return values(
        connection,
        "SELECT memory_key, version FROM sim_legacy WHERE memory_key > ? AND memory_key <= ? ORDER"
            + " BY memory_key",
        lower == null ? "" : lower,
        keys.upper());
  }

  List<Value> readDelta(Connection connection, long migrationId, long rangeId) throws SQLException {
    return values(
        connection,
        "SELECT k.memory_key, coalesce(l.version, -abs(t.version)) FROM whimbrel_range_keys k JOIN"
            + " sim_truth t ON t.memory_key = k.memory_key LEFT JOIN sim_legacy l ON l.memory_key ="
            + " k.memory_key WHERE k.migration_id = ? AND k.range_id = ? ORDER BY k.memory_key",
        migrationId,
        rangeId);
  }

  /** The rows that the log names now, as they are now. */
  List<Value> readLogged(Connection connection) throws SQLException {
    return values(
        connection,
        "SELECT t.memory_key, t.version FROM sim_truth t WHERE t.memory_key IN (SELECT memory_key"
            + " FROM whimbrel_changes)");
  }

  void insertCopies(Connection connection, ClaimedRange claim, List<Value> rows)
      throws SQLException {
    for (Value row : rows) {
      update(
          connection,
          "INSERT INTO sim_copy VALUES (?, ?, ?, ?)",
          claim.migrationId(),
          row.key(),
          row.version(),
          claim.rangeId());
    }
  }

  void replaceCopies(Connection connection, ClaimedRange claim, List<Value> rows)
      throws SQLException {
    for (Value row : rows) {
      update(
          connection,
          "DELETE FROM sim_copy WHERE migration_id = ? AND memory_key IN (SELECT memory_key FROM"
              + " whimbrel_range_keys WHERE range_id = ? AND memory_key = ?)",
          claim.migrationId(),
          claim.rangeId(),
          row.key());
    }
    insertCopies(connection, claim, rows);
    for (Value row : rows) {
      update(
          connection,
          "DELETE FROM whimbrel_range_keys WHERE range_id = ? AND memory_key = ?",
          claim.rangeId(),
          row.key());
    }
  }

  /** Keys of a range whose rows differ, though neither log nor unfinished range explains it. */
  int unexplained(Connection connection, long migrationId, KeyRange keys) throws SQLException {
    String lower = keys.lower();
    return (int)
        number(
            connection,
            "SELECT count(*) FROM sim_truth t LEFT JOIN sim_legacy l ON l.memory_key = t.memory_key"
                + " LEFT JOIN sim_copy c ON c.migration_id = ? AND c.memory_key = t.memory_key"
                + " WHERE t.memory_key > ? AND t.memory_key <= ? AND coalesce(l.version, 0) <>"
                + " max(coalesce(c.version, 0), 0) AND t.memory_key NOT IN (SELECT memory_key FROM"
                + " whimbrel_changes) AND t.memory_key NOT IN (SELECT memory_key FROM"
                + " whimbrel_range_keys WHERE migration_id = ?)",
            migrationId,
            lower == null ? "" : lower,
            keys.upper(),
            migrationId);
  }

  int loggedKeys(Connection connection) throws SQLException {
    return (int) number(connection, "SELECT count(DISTINCT memory_key) FROM whimbrel_changes");
  }

  int unfinishedRanges(Connection connection, long migrationId) throws SQLException {
    return (int)
        number(
            connection,
            "SELECT count(*) FROM whimbrel_ranges WHERE migration_id = ? AND state IN ('PENDING',"
                + " 'CLAIMED')",
            migrationId);
  }

  /** Carries what the log names, row by row as it is, and makes the copy the live table. */
  void carryAndSwap(Connection connection, long migrationId) throws SQLException {
    update(
        connection,
        "DELETE FROM sim_copy WHERE migration_id = ? AND memory_key IN (SELECT memory_key FROM"
            + " whimbrel_changes)",
        migrationId);
    update(
        connection,
        "INSERT INTO sim_copy SELECT ?, memory_key, version, 0 FROM sim_legacy WHERE memory_key IN"
            + " (SELECT memory_key FROM whimbrel_changes)",
        migrationId);
    update(connection, "DELETE FROM whimbrel_changes");
    update(connection, "UPDATE sim_state SET live = ?", migrationId);
  }

  private static List<Value> values(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement select = prepared(connection, sql, parameters);
        ResultSet row = select.executeQuery()) {
      List<Value> values = new ArrayList<>();
      while (row.next()) {
        values.add(new Value(row.getString(1), row.getLong(2)));
      }
      return values;
    }
  }

  private static Optional<String> text(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement select = prepared(connection, sql, parameters);
        ResultSet row = select.executeQuery()) {
      return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
    }
  }

  private static long number(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement select = prepared(connection, sql, parameters);
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  static int update(Connection connection, String sql, Object... parameters) throws SQLException {
    try (PreparedStatement update = prepared(connection, sql, parameters)) {
      return update.executeUpdate();
    }
  }

  private static PreparedStatement prepared(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }
}
