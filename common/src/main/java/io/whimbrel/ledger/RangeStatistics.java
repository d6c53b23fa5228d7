// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import io.whimbrel.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the ranges and leases in the ledger tell a person who watches: counts by state, who holds
 * what, how fast it goes. Only reads. Kinds and states are given as they stand in the ledger, so
 * that a kind that is new to the reader is shown as well.
 */
public final class RangeStatistics {

  private final LedgerDialect dialect;
  private final String ranges;
  private final String workers;
  private final String keys;

  public RangeStatistics(LedgerDialect dialect, String qualifier) {
    this.dialect = dialect;
    this.ranges = qualifier + "whimbrel_ranges";
    this.workers = qualifier + "whimbrel_workers";
    this.keys = qualifier + "whimbrel_range_keys";
  }

  public static RangeStatistics of(Store store) {
    return new RangeStatistics(store.dialect(), store.qualifier());
  }

  /** How many ranges of a kind are in a state. */
  public record StateCount(String kind, String state, long ranges) {}

  /** A range that a worker holds now. */
  public record Claim(long rangeId, String kind, int attempt, String workerId) {}

  /**
   * A worker that ever joined the migration.
   *
   * @param live whether its lease has not run out
   * @param ranges committed, as {@code memories} and {@code rawBytes}, over ranges of one kind
   * @param recentMemories committed in the last seconds, as asked
   */
  public record WorkerActivity(
      String workerId,
      String host,
      int threads,
      boolean live,
      long ranges,
      long memories,
      long rawBytes,
      long recentMemories) {}

  /** What was committed within one stretch of time; {@code startMillis} is the database's clock. */
  public record Stretch(
      long startMillis, long ranges, long memories, long rawBytes, long compressedBytes) {}

  /** The database's clock, in milliseconds since 1970. */
  public long nowMillis(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("SELECT " + dialect.nowMillis());
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  public List<StateCount> countByState(Connection connection, long migrationId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT kind, state, count(*) FROM "
                + ranges
                + " WHERE migration_id = ? GROUP BY kind, state ORDER BY kind, state")) {
      select.setLong(1, migrationId);
      try (ResultSet row = select.executeQuery()) {
        List<StateCount> counts = new ArrayList<>();
        while (row.next()) {
          counts.add(new StateCount(row.getString(1), row.getString(2), row.getLong(3)));
        }
        return counts;
      }
    }
  }

  /** The ranges that are claimed now, lowest id first. */
  public List<Claim> claims(Connection connection, long migrationId, int max) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT range_id, kind, attempt, worker_id FROM "
                + ranges
                // The second condition lets the index of open ranges serve this.
                + " WHERE migration_id = ? AND state = 'CLAIMED' AND state <> 'DONE'"
                + " AND worker_id IS NOT NULL ORDER BY range_id LIMIT ?")) {
      select.setLong(1, migrationId);
      select.setInt(2, max);
      try (ResultSet row = select.executeQuery()) {
        List<Claim> claims = new ArrayList<>();
        while (row.next()) {
          claims.add(new Claim(row.getLong(1), row.getString(2), row.getInt(3), row.getString(4)));
        }
        return claims;
      }
    }
  }

  /**
   * Every worker of the migration, those that left too, in the order of their ids.
   *
   * @param kind the kind of ranges to count
   * @param recentSinceMillis from when on what was committed counts as recent
   */
  public List<WorkerActivity> workers(
      Connection connection, long migrationId, String kind, long recentSinceMillis)
      throws SQLException {
    String query =
        String.format(
            Locale.ROOT,
            "SELECT w.worker_id, w.host, w.threads, CASE WHEN w.lease_until_ms >= %s THEN 1 ELSE 0"
                + " END, count(r.range_id), coalesce(sum(r.memories), 0),"
                + " coalesce(sum(r.raw_bytes), 0),"
                + " coalesce(sum(CASE WHEN r.finished_at_ms >= ? THEN r.memories ELSE 0 END), 0)"
                + " FROM %s w LEFT JOIN %s r ON r.worker_id = w.worker_id"
                + " AND r.migration_id = w.migration_id AND r.kind = ? AND r.state = 'DONE'"
                + " WHERE w.migration_id = ? AND w.role = 'WORKER'"
                + " GROUP BY w.worker_id, w.host, w.threads, w.lease_until_ms ORDER BY w.worker_id",
            dialect.nowMillis(),
            workers,
            ranges);
    try (PreparedStatement select = connection.prepareStatement(query)) {
      select.setLong(1, recentSinceMillis);
      select.setString(2, kind);
      select.setLong(3, migrationId);
      try (ResultSet row = select.executeQuery()) {
        List<WorkerActivity> found = new ArrayList<>();
        while (row.next()) {
          found.add(
              new WorkerActivity(
                  row.getString(1),
                  row.getString(2),
                  row.getInt(3),
                  row.getInt(4) != 0,
                  row.getLong(5),
                  row.getLong(6),
                  row.getLong(7),
                  row.getLong(8)));
        }
        return found;
      }
    }
  }

  /** Keys of changed memories that were drained into ranges and are not carried over yet. */
  public long drainedKeys(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT count(*) FROM " + keys + " WHERE migration_id = ?")) {
      select.setLong(1, migrationId);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** Whether the lease of this holder has not run out. */
  public boolean isLive(Connection connection, String holderId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT count(*) FROM "
                + workers
                + " WHERE worker_id = ? AND lease_until_ms >= "
                + dialect.nowMillis())) {
      select.setString(1, holderId);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1) > 0;
      }
    }
  }

  /**
   * What ranges of a kind committed, in stretches of equal length from a time on; stretches without
   * a commit are left out.
   */
  public List<Stretch> throughput(
      Connection connection, long migrationId, String kind, long fromMillis, long stretchMillis)
      throws SQLException {
    if (stretchMillis < 1) {
      throw new IllegalArgumentException("a stretch lasts a millisecond at least");
    }
    String stretch =
        String.format(Locale.ROOT, "(finished_at_ms - %d) / %d", fromMillis, stretchMillis);
    try (PreparedStatement select =
        connection.prepareStatement(
            String.format(
                Locale.ROOT,
                "SELECT %1$s, count(*), sum(memories), sum(raw_bytes), sum(compressed_bytes)"
                    + " FROM %2$s WHERE migration_id = ? AND kind = ? AND state = 'DONE'"
                    + " AND finished_at_ms >= ? GROUP BY %1$s ORDER BY 1",
                stretch,
                ranges))) {
      select.setLong(1, migrationId);
      select.setString(2, kind);
      select.setLong(3, fromMillis);
      try (ResultSet row = select.executeQuery()) {
        List<Stretch> stretches = new ArrayList<>();
        while (row.next()) {
          stretches.add(
              new Stretch(
                  fromMillis + row.getLong(1) * stretchMillis,
                  row.getLong(2),
                  row.getLong(3),
                  row.getLong(4),
                  row.getLong(5)));
        }
        return stretches;
      }
    }
  }
}
