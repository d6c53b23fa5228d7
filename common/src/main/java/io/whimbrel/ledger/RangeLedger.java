// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.store.BackendId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ranges in the ledger. A range is PENDING, then CLAIMED with an attempt number, then DONE; a
 * release or a reaping makes it PENDING again, a rollback CANCELLED. Every move is a guarded
 * update.
 */
public final class RangeLedger {

  private final LedgerDialect dialect;
  private final String table;

  public RangeLedger(LedgerDialect dialect, String qualifier) {
    this.dialect = dialect;
    this.table = qualifier + "whimbrel_ranges";
  }

  /** Adds a pending range; its id is never used again, even after a rollback. */
  public long add(Connection connection, long migrationId, RangeKind kind, int round, KeyRange keys)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + table
                + " (migration_id, kind, round, lower_key, upper_key, state) VALUES (?, ?, ?, ?, ?,"
                + " 'PENDING') RETURNING range_id")) {
      insert.setLong(1, migrationId);
      insert.setString(2, kind.name());
      insert.setInt(3, round);
      insert.setString(4, encodeLower(keys.lower()));
      insert.setString(5, keys.upper());
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** Adds a VERIFY range for every committed COPY range that has none yet. */
  public int addVerifyRanges(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            String.format(
                Locale.ROOT,
                "INSERT INTO %1$s (migration_id, kind, round, lower_key, upper_key, state)"
                    + " SELECT c.migration_id, 'VERIFY', 0, c.lower_key, c.upper_key, 'PENDING'"
                    + " FROM %1$s c WHERE c.migration_id = ? AND c.kind = 'COPY' AND c.state = 'DONE'"
                    + " AND NOT EXISTS (SELECT 1 FROM %1$s v WHERE v.migration_id = c.migration_id"
                    + " AND v.kind = 'VERIFY' AND v.round = 0 AND v.lower_key = c.lower_key)"
                    + " ORDER BY c.range_id",
                table))) {
      insert.setLong(1, migrationId);
      return insert.executeUpdate();
    }
  }

  /** Claims the range if it is still pending; empty when somebody else was first. */
  public Optional<ClaimedRange> claim(
      Connection connection, long migrationId, long rangeId, String workerId, BackendId backend)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET state = 'CLAIMED', attempt = attempt + 1, worker_id = ?, backend_pid = ?,"
                + " backend_started_us = ? WHERE range_id = ? AND migration_id = ? AND state ="
                + " 'PENDING'"
                + " RETURNING range_id, migration_id, kind, round, lower_key, upper_key, attempt")) {
      update.setString(1, workerId);
      update.setInt(2, backend.processId());
      update.setLong(3, backend.startedAtMicros());
      update.setLong(4, rangeId);
      update.setLong(5, migrationId);
      try (ResultSet row = update.executeQuery()) {
        return row.next() ? Optional.of(claimed(row)) : Optional.empty();
      }
    }
  }

  /** Claims any pending range, for a worker that no hint has reached. */
  public Optional<ClaimedRange> claimAny(
      Connection connection, long migrationId, String workerId, BackendId backend)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT range_id FROM "
                + table
                + " WHERE migration_id = ? AND state = 'PENDING' ORDER BY range_id LIMIT 1"
                + dialect.skipLocked())) {
      select.setLong(1, migrationId);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? claim(connection, migrationId, row.getLong(1), workerId, backend)
            : Optional.empty();
      }
    }
  }

  /**
   * Completes a claimed range; the first statement of the transaction that writes its rows.
   *
   * @throws FencedException when the claim is no longer ours
   */
  public void complete(Connection connection, ClaimedRange claim, RangeOutcome outcome)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET state = 'DONE', upper_key = ?, memories = ?, packed = ?, raw_bytes = ?,"
                + " stored_bytes = ?, compressed_bytes = ?, segments = ?, mismatches = ?,"
                + " elapsed_ms = ?, finished_at_ms = "
                + dialect.nowMillis()
                + " WHERE range_id = ? AND attempt = ? AND state = 'CLAIMED'")) {
      update.setString(1, claim.keys().upper());
      update.setLong(2, outcome.memories());
      update.setLong(3, outcome.packed());
      update.setLong(4, outcome.rawBytes());
      update.setLong(5, outcome.storedBytes());
      update.setLong(6, outcome.compressedBytes());
      update.setInt(7, outcome.segments());
      update.setInt(8, outcome.mismatches());
      update.setLong(9, outcome.elapsedMillis());
      update.setLong(10, claim.rangeId());
      update.setInt(11, claim.attempt());
      if (update.executeUpdate() != 1) {
        throw new FencedException(
            "range=" + claim.rangeId() + " attempt=" + claim.attempt() + " is another's now");
      }
    }
  }

  /**
   * In the transaction that completes the first part of a range: makes the rest a range of its own,
   * claimed by the same worker.
   */
  public ClaimedRange addRest(
      Connection connection, ClaimedRange claim, KeyRange rest, String workerId, BackendId backend)
      throws SQLException {
    long rangeId = add(connection, claim.migrationId(), claim.kind(), claim.round(), rest);
    return claim(connection, claim.migrationId(), rangeId, workerId, backend).orElseThrow();
  }

  /** Hands a range back; false when it was not ours any more. */
  public boolean release(Connection connection, ClaimedRange claim) throws SQLException {
    return release(connection, claim.rangeId(), claim.attempt());
  }

  /**
   * Sets a range aside that fails whatever is tried; nobody claims it until it is unblocked.
   *
   * @throws FencedException when the claim is no longer ours
   */
  public void block(Connection connection, ClaimedRange claim) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET state = 'BLOCKED', worker_id = NULL"
                + " WHERE range_id = ? AND attempt = ? AND state = 'CLAIMED'")) {
      update.setLong(1, claim.rangeId());
      update.setInt(2, claim.attempt());
      if (update.executeUpdate() != 1) {
        throw new FencedException(
            "late block refused: range=" + claim.rangeId() + " attempt=" + claim.attempt());
      }
    }
  }

  /** Makes ranges that were set aside pending again, for a run that tries once more. */
  public void unblock(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET state = 'PENDING' WHERE migration_id = ? AND state = 'BLOCKED'")) {
      update.setLong(1, migrationId);
      update.executeUpdate();
    }
  }

  boolean release(Connection connection, long rangeId, int attempt) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET state = 'PENDING', worker_id = NULL"
                + " WHERE range_id = ? AND attempt = ? AND state = 'CLAIMED'")) {
      update.setLong(1, rangeId);
      update.setInt(2, attempt);
      return update.executeUpdate() == 1;
    }
  }

  /** Takes every range that is not committed away from everybody, for good. */
  public int cancelOpen(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET state = 'CANCELLED' WHERE migration_id = ? AND state IN ('PENDING',"
                + " 'CLAIMED', 'BLOCKED')")) {
      update.setLong(1, migrationId);
      return update.executeUpdate();
    }
  }

  /** A claim whose worker's lease has run out, or whose worker is gone. */
  public record StaleClaim(long rangeId, int attempt, String workerId, BackendId backend) {}

  public List<StaleClaim> staleClaims(Connection connection, long migrationId) throws SQLException {
    String workers = table.replace("whimbrel_ranges", "whimbrel_workers");
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT r.range_id, r.attempt, r.worker_id, r.backend_pid, r.backend_started_us FROM "
                + table
                + " r LEFT JOIN "
                + workers
                + " w ON w.worker_id = r.worker_id WHERE r.migration_id = ? AND r.state = 'CLAIMED'"
                + " AND (w.worker_id IS NULL OR w.lease_until_ms < "
                + dialect.nowMillis()
                + ")")) {
      select.setLong(1, migrationId);
      return staleClaims(select);
    }
  }

  private static List<StaleClaim> staleClaims(PreparedStatement select) throws SQLException {
    try (ResultSet row = select.executeQuery()) {
      List<StaleClaim> stale = new ArrayList<>();
      while (row.next()) {
        stale.add(
            new StaleClaim(
                row.getLong(1),
                row.getInt(2),
                row.getString(3),
                new BackendId(row.getInt(4), row.getLong(5))));
      }
      return stale;
    }
  }

  public boolean reap(Connection connection, StaleClaim stale) throws SQLException {
    return release(connection, stale.rangeId(), stale.attempt());
  }

  /** Backends that hold a claim of this migration now. */
  public List<BackendId> claimingBackends(Connection connection, long migrationId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT DISTINCT backend_pid, backend_started_us FROM "
                + table
                + " WHERE migration_id = ? AND state = 'CLAIMED' AND backend_pid > 0")) {
      select.setLong(1, migrationId);
      try (ResultSet row = select.executeQuery()) {
        List<BackendId> backends = new ArrayList<>();
        while (row.next()) {
          backends.add(new BackendId(row.getInt(1), row.getLong(2)));
        }
        return backends;
      }
    }
  }

  /** Ranges that are not committed yet. */
  public int open(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT count(*) FROM "
                + table
                + " WHERE migration_id = ? AND state IN ('PENDING', 'CLAIMED', 'BLOCKED') AND state"
                + " <> 'DONE'")) {
      select.setLong(1, migrationId);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  /** Claims that a worker holds, for one that may have lost count of them. */
  public List<StaleClaim> claimsOf(Connection connection, long migrationId, String workerId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT range_id, attempt, worker_id, backend_pid, backend_started_us FROM "
                + table
                + " WHERE migration_id = ? AND state = 'CLAIMED' AND worker_id = ?")) {
      select.setLong(1, migrationId);
      select.setString(2, workerId);
      return staleClaims(select);
    }
  }

  /** Ids of pending ranges, lowest first. */
  public List<Long> pending(Connection connection, long migrationId, int max) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT range_id FROM "
                + table
                + " WHERE migration_id = ? AND state = 'PENDING' ORDER BY range_id LIMIT ?")) {
      select.setLong(1, migrationId);
      select.setInt(2, max);
      return numbers(select);
    }
  }

  /** Counts and sums over the ranges of one kind. */
  public record Totals(
      long ranges,
      long open,
      long blocked,
      long done,
      long memories,
      long packed,
      long rawBytes,
      long storedBytes,
      long compressedBytes,
      long segments,
      long mismatches,
      long retried) {}

  public Totals totals(Connection connection, long migrationId, RangeKind kind)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT count(*), coalesce(sum(CASE WHEN state IN ('PENDING', 'CLAIMED', 'BLOCKED')"
                + " THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state = 'BLOCKED' THEN 1 ELSE 0"
                + " END), 0), coalesce(sum(CASE WHEN state = 'DONE' THEN 1 ELSE 0 END), 0),"
                + " coalesce(sum(memories), 0), coalesce(sum(packed), 0), coalesce(sum(raw_bytes),"
                + " 0), coalesce(sum(stored_bytes), 0), coalesce(sum(compressed_bytes), 0),"
                + " coalesce(sum(segments), 0), coalesce(sum(mismatches), 0), coalesce(sum(CASE"
                + " WHEN attempt > 1 THEN attempt - 1 ELSE 0 END), 0) FROM "
                + table
                + " WHERE migration_id = ? AND kind = ?")) {
      select.setLong(1, migrationId);
      select.setString(2, kind.name());
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return new Totals(
            row.getLong(1),
            row.getLong(2),
            row.getLong(3),
            row.getLong(4),
            row.getLong(5),
            row.getLong(6),
            row.getLong(7),
            row.getLong(8),
            row.getLong(9),
            row.getLong(10),
            row.getLong(11),
            row.getLong(12));
      }
    }
  }

  private static List<Long> numbers(PreparedStatement select) throws SQLException {
    try (ResultSet row = select.executeQuery()) {
      List<Long> numbers = new ArrayList<>();
      while (row.next()) {
        numbers.add(row.getLong(1));
      }
      return numbers;
    }
  }

  private static ClaimedRange claimed(ResultSet row) throws SQLException {
    return new ClaimedRange(
        row.getLong(1),
        row.getLong(2),
        RangeKind.valueOf(row.getString(3)),
        row.getInt(4),
        new KeyRange(decodeLower(row.getString(5)), row.getString(6)),
        row.getInt(7));
  }

  // A unique constraint does not bind NULLs, so "from the first key" needs a text of its own.
  private static String encodeLower(@Nullable String lower) {
    return lower == null ? "" : ">" + lower;
  }

  static @Nullable String decodeLower(String encoded) {
    return encoded.isEmpty() ? null : encoded.substring(1);
  }
}
