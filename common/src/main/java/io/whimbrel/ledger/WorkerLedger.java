// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Leases: one row for each worker and each coordinator, renewed by the database's own clock on a
 * connection that nothing else blocks. A lease only decides when work may be given to somebody
 * else; what keeps two owners apart is the attempt number and the epoch.
 */
public final class WorkerLedger {

  /** Who holds a lease. */
  public enum Role {
    COORDINATOR,
    WORKER
  }

  /** A process that can hold leases; its start time tells it from a later one with the same id. */
  public record Holder(
      String id, Role role, String host, long processId, long processStartedMillis, int threads) {}

  /** A lease as read; times are milliseconds by the database's clock. */
  public record Lease(
      String id,
      String host,
      long processId,
      long processStartedMillis,
      long joinedAtMillis,
      boolean expired) {}

  private final LedgerDialect dialect;
  private final String table;

  public WorkerLedger(LedgerDialect dialect, String qualifier) {
    this.dialect = dialect;
    this.table = qualifier + "whimbrel_workers";
  }

  public void join(Connection connection, long migrationId, Holder holder, Duration term)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + table
                + " (worker_id, role, migration_id, host, process_id, process_started_ms, threads,"
                + " joined_at_ms, lease_until_ms) VALUES (?, ?, ?, ?, ?, ?, ?, "
                + dialect.nowMillis()
                + ", "
                + dialect.nowMillis()
                + " + ?) ON CONFLICT (worker_id) DO UPDATE SET migration_id ="
                + " excluded.migration_id, lease_until_ms = excluded.lease_until_ms")) {
      insert.setString(1, holder.id());
      insert.setString(2, holder.role().name());
      insert.setLong(3, migrationId);
      insert.setString(4, holder.host());
      insert.setLong(5, holder.processId());
      insert.setLong(6, holder.processStartedMillis());
      insert.setInt(7, holder.threads());
      insert.setLong(8, term.toMillis());
      insert.executeUpdate();
    }
  }

  /** Renews; false when the lease was ended by somebody else. */
  public boolean renew(Connection connection, String holderId, Duration term) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET lease_until_ms = "
                + dialect.nowMillis()
                + " + ? WHERE worker_id = ? AND lease_until_ms > 0")) {
      update.setLong(1, term.toMillis());
      update.setString(2, holderId);
      return update.executeUpdate() == 1;
    }
  }

  /** Records what keeps a worker from working, or that nothing does any more. */
  public void report(Connection connection, String workerId, @Nullable String trouble)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE " + table + " SET trouble = ? WHERE worker_id = ?")) {
      update.setString(1, trouble);
      update.setString(2, workerId);
      update.executeUpdate();
    }
  }

  /** What keeps every live worker of a migration from working; empty while one of them can. */
  public Optional<String> troubleOfAll(Connection connection, long migrationId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT count(*), count(trouble), min(trouble) FROM "
                + table
                + " WHERE migration_id = ? AND role = 'WORKER' AND lease_until_ms >= "
                + dialect.nowMillis())) {
      select.setLong(1, migrationId);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1) == row.getLong(2)
            ? Optional.ofNullable(row.getString(3))
            : Optional.empty();
      }
    }
  }

  /** Forgets what workers reported; somebody has dealt with it. */
  public void forgetTrouble(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE " + table + " SET trouble = NULL WHERE migration_id = ?")) {
      update.setLong(1, migrationId);
      update.executeUpdate();
    }
  }

  /** Ends a lease at once; the row stays for the report. */
  public void leave(Connection connection, String holderId) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE " + table + " SET lease_until_ms = 0 WHERE worker_id = ?")) {
      update.setString(1, holderId);
      update.executeUpdate();
    }
  }

  public Optional<Lease> find(Connection connection, String holderId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT worker_id, host, process_id, process_started_ms, joined_at_ms, CASE WHEN"
                + " lease_until_ms < "
                + dialect.nowMillis()
                + " THEN 1 ELSE 0 END FROM "
                + table
                + " WHERE worker_id = ?")) {
      select.setString(1, holderId);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Lease(
                    row.getString(1),
                    row.getString(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getInt(6) != 0))
            : Optional.empty();
      }
    }
  }

  /** Leases of a migration that have not run out. */
  public List<Lease> running(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT worker_id, host, process_id, process_started_ms, joined_at_ms FROM "
                + table
                + " WHERE migration_id = ? AND lease_until_ms >= "
                + dialect.nowMillis())) {
      select.setLong(1, migrationId);
      try (ResultSet row = select.executeQuery()) {
        List<Lease> leases = new ArrayList<>();
        while (row.next()) {
          leases.add(
              new Lease(
                  row.getString(1),
                  row.getString(2),
                  row.getLong(3),
                  row.getLong(4),
                  row.getLong(5),
                  false));
        }
        return leases;
      }
    }
  }

  /** The host and thread count of a worker, for the report. */
  public record WorkerFacts(String host, int threads) {}

  public Optional<WorkerFacts> facts(Connection connection, String workerId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT host, threads FROM " + table + " WHERE worker_id = ?")) {
      select.setString(1, workerId);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new WorkerFacts(row.getString(1), row.getInt(2)))
            : Optional.empty();
      }
    }
  }

  /** Workers of a migration whose lease has not run out. */
  public int live(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT count(*) FROM "
                + table
                + " WHERE migration_id = ? AND role = 'WORKER' AND lease_until_ms >= "
                + dialect.nowMillis())) {
      select.setLong(1, migrationId);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }
}
