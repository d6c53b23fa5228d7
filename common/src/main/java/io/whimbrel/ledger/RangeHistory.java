// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What was done with ranges, read from the ledger; nothing here changes it. */
public final class RangeHistory {

  private final String table;

  public RangeHistory(String qualifier) {
    this.table = qualifier + "whimbrel_ranges";
  }

  /** A committed range. */
  public record Committed(long rangeId, KeyRange keys) {}

  /** Committed ranges of a kind in the order of their ids, a page at a time. */
  public List<Committed> committed(
      Connection connection, long migrationId, RangeKind kind, long afterRangeId, int max)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT range_id, lower_key, upper_key FROM "
                + table
                + " WHERE migration_id = ? AND kind = ? AND state = 'DONE' AND range_id > ? ORDER BY"
                + " range_id LIMIT ?")) {
      select.setLong(1, migrationId);
      select.setString(2, kind.name());
      select.setLong(3, afterRangeId);
      select.setInt(4, max);
      try (ResultSet row = select.executeQuery()) {
        List<Committed> ranges = new ArrayList<>();
        while (row.next()) {
          ranges.add(
              new Committed(
                  row.getLong(1),
                  new KeyRange(RangeLedger.decodeLower(row.getString(2)), row.getString(3))));
        }
        return ranges;
      }
    }
  }

  /** What one worker committed in this migration. */
  public record WorkerShare(String workerId, long ranges, long memories, long rawBytes) {}

  public List<WorkerShare> workerShares(Connection connection, long migrationId, RangeKind kind)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT worker_id, count(*), sum(memories), sum(raw_bytes) FROM "
                + table
                + " WHERE migration_id = ? AND kind = ? AND state = 'DONE' AND worker_id IS NOT NULL"
                + " GROUP BY worker_id ORDER BY worker_id")) {
      select.setLong(1, migrationId);
      select.setString(2, kind.name());
      try (ResultSet row = select.executeQuery()) {
        List<WorkerShare> shares = new ArrayList<>();
        while (row.next()) {
          shares.add(
              new WorkerShare(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4)));
        }
        return shares;
      }
    }
  }

  /** Durations of committed ranges in milliseconds, shortest first. */
  public List<Long> durations(Connection connection, long migrationId, RangeKind kind)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT elapsed_ms FROM "
                + table
                + " WHERE migration_id = ? AND kind = ? AND state = 'DONE' ORDER BY elapsed_ms")) {
      select.setLong(1, migrationId);
      select.setString(2, kind.name());
      try (ResultSet row = select.executeQuery()) {
        List<Long> millis = new ArrayList<>();
        while (row.next()) {
          millis.add(row.getLong(1));
        }
        return millis;
      }
    }
  }

  /** Whether this very claim was committed, for one who never got the answer. */
  public boolean isCommitted(Connection connection, ClaimedRange claim) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT range_id FROM "
                + table
                + " WHERE range_id = ? AND attempt = ? AND state = 'DONE'")) {
      select.setLong(1, claim.rangeId());
      select.setInt(2, claim.attempt());
      try (ResultSet row = select.executeQuery()) {
        return row.next();
      }
    }
  }
}
