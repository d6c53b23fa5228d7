// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Quarantined and damaged memories. Rows are keyed by memory and replaced in the range's own
 * transaction, so that retries and repairs cannot count twice.
 */
public final class FailureLedger {

  /** The severity of a memory that could not even be carried as it is stored. */
  public static final String BLOCKED = "BLOCKED";

  /**
   * One memory.
   *
   * @param severity QUARANTINE (counts as failed, carried unchanged), WARNING (text as it is) or
   *     BLOCKED (not carried; its range is set aside)
   * @param reason a stable code such as {@code cut-stream}
   */
  public record Failure(String key, String severity, String reason, String detail) {}

  /** How many memories share a reason. */
  public record ReasonCount(String severity, String reason, long memories) {}

  private final String table;

  public FailureLedger(String qualifier) {
    this.table = qualifier + "whimbrel_failures";
  }

  public void record(Connection connection, long migrationId, long rangeId, List<Failure> failures)
      throws SQLException {
    if (failures.isEmpty()) {
      return;
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + table
                + " (migration_id, memory_key, severity, reason, detail, range_id) VALUES (?, ?, ?,"
                + " ?, ?, ?) ON CONFLICT (migration_id, memory_key) DO UPDATE SET severity ="
                + " excluded.severity, reason = excluded.reason, detail = excluded.detail,"
                + " range_id = excluded.range_id")) {
      for (Failure failure : failures) {
        insert.setLong(1, migrationId);
        insert.setString(2, failure.key());
        insert.setString(3, failure.severity());
        insert.setString(4, failure.reason());
        insert.setString(5, failure.detail());
        insert.setLong(6, rangeId);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  public List<ReasonCount> countByReason(Connection connection, long migrationId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT severity, reason, count(*) FROM "
                + table
                + " WHERE migration_id = ? GROUP BY severity, reason ORDER BY severity, reason")) {
      select.setLong(1, migrationId);
      try (ResultSet row = select.executeQuery()) {
        List<ReasonCount> counts = new ArrayList<>();
        while (row.next()) {
          counts.add(new ReasonCount(row.getString(1), row.getString(2), row.getLong(3)));
        }
        return counts;
      }
    }
  }

  /** The first failures in the order in which their ranges were planned. */
  public List<Failure> list(Connection connection, long migrationId, int max) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT memory_key, severity, reason, detail FROM "
                + table
                + " WHERE migration_id = ? ORDER BY severity, range_id, memory_key LIMIT ?")) {
      select.setLong(1, migrationId);
      select.setInt(2, max);
      try (ResultSet row = select.executeQuery()) {
        List<Failure> failures = new ArrayList<>();
        while (row.next()) {
          failures.add(
              new Failure(row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
        }
        return failures;
      }
    }
  }

  /** Memories that could not be carried at all. */
  public List<Failure> blocked(Connection connection, long migrationId, int max)
      throws SQLException {
    return list(connection, migrationId, Integer.MAX_VALUE).stream()
        .filter(failure -> failure.severity().equals(BLOCKED))
        .limit(max)
        .toList();
  }

  public void clear(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM " + table + " WHERE migration_id = ?")) {
      delete.setLong(1, migrationId);
      delete.executeUpdate();
    }
  }

  /** Forgets the rows that kept their ranges from being written: those are tried again. */
  void forgetBlocked(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM " + table + " WHERE migration_id = ? AND severity = 'BLOCKED'")) {
      delete.setLong(1, migrationId);
      delete.executeUpdate();
    }
  }
}
