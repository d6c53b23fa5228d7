// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Migrations in the ledger. Every write of a coordinator names its epoch and must change exactly
 * one row: a coordinator that was replaced learns it here, whatever it believes.
 */
public final class MigrationLedger {

  private static final String TERMINAL =
      Arrays.stream(MigrationState.values())
          .filter(MigrationState::isTerminal)
          .map(state -> "'" + state + "'")
          .collect(Collectors.joining(", "));

  private final LedgerDialect dialect;
  private final String table;

  public MigrationLedger(LedgerDialect dialect, String qualifier) {
    this.dialect = dialect;
    this.table = qualifier + "whimbrel_migrations";
  }

  /** Records a new migration led by the coordinator, at epoch 1. */
  public long create(
      Connection connection, MigrationKind kind, String coordinatorId, String settings)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + table
                + " (kind, state, epoch, coordinator_id, created_at_ms, settings) VALUES (?, ?, 1,"
                + " ?, "
                + dialect.nowMillis()
                + ", ?) RETURNING migration_id")) {
      insert.setString(1, kind.name());
      insert.setString(2, MigrationState.CREATED.name());
      insert.setString(3, coordinatorId);
      insert.setString(4, settings);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /**
   * The migration that is open, else the newest. The open one need not be the newest: a swap can be
   * undone after a later run has packed in place.
   */
  public Optional<Migration> latest(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT * FROM "
                + table
                + " ORDER BY CASE WHEN state IN ("
                + TERMINAL
                + ") THEN 1 ELSE 0 END, migration_id DESC LIMIT 1")) {
      return one(select);
    }
  }

  public Optional<Migration> find(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT * FROM " + table + " WHERE migration_id = ?")) {
      select.setLong(1, migrationId);
      return one(select);
    }
  }

  public Migration get(Connection connection, long migrationId) throws SQLException {
    return find(connection, migrationId)
        .orElseThrow(() -> new IllegalStateException("no migration with id " + migrationId));
  }

  /** Takes the lead with the next epoch, if the epoch is still the one that was read. */
  public boolean takeLead(
      Connection connection, long migrationId, long epochRead, String coordinatorId)
      throws SQLException {
    // Waits for whoever is in the middle of a change that rests on the old epoch.
    if (!lockEpoch(connection, migrationId, epochRead, dialect.lockRow())) {
      return false;
    }
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET epoch = epoch + 1, coordinator_id = ? WHERE migration_id = ? AND epoch"
                + " = ?")) {
      update.setString(1, coordinatorId);
      update.setLong(2, migrationId);
      update.setLong(3, epochRead);
      return update.executeUpdate() == 1;
    }
  }

  /**
   * Keeps the lead where it is until this transaction ends, without being in the way of a pause or
   * a cancellation; for changes that are no writes of the ledger.
   *
   * @throws FencedException when another leads
   */
  public void holdLead(Connection connection, long migrationId, long epoch) throws SQLException {
    if (!lockEpoch(connection, migrationId, epoch, dialect.shareRow())) {
      throw new FencedException(
          "another coordinator leads: migration=" + migrationId + " epoch=" + epoch);
    }
  }

  private boolean lockEpoch(Connection connection, long migrationId, long epoch, String lock)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT 1 FROM " + table + " WHERE migration_id = ? AND epoch = ?" + lock)) {
      select.setLong(1, migrationId);
      select.setLong(2, epoch);
      try (ResultSet row = select.executeQuery()) {
        return row.next();
      }
    }
  }

  /** Locks the migration's row for this transaction; throws when the epoch is no longer ours. */
  public void guard(Connection connection, long migrationId, long epoch) throws SQLException {
    update(connection, migrationId, epoch, "epoch = epoch", "guard");
  }

  /** Moves the state; both the state and the epoch must be as the caller believes. */
  public void move(
      Connection connection,
      long migrationId,
      long epoch,
      MigrationState from,
      MigrationState to,
      @Nullable String reason)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(moveSql(from, to))) {
      if (reason == null) {
        update.setNull(1, Types.VARCHAR);
      } else {
        update.setString(1, reason);
      }
      update.setLong(2, migrationId);
      update.setLong(3, epoch);
      requireOne(update.executeUpdate(), "move to " + to, migrationId, epoch);
    }
  }

  private String moveSql(MigrationState from, MigrationState to) {
    if (!from.canMoveTo(to)) {
      throw new IllegalStateException("illegal move from " + from + " to " + to);
    }
    return "UPDATE "
        + table
        + " SET state = '"
        + to
        + "', reason = ?"
        + (to.isTerminal() ? ", finished_at_ms = " + dialect.nowMillis() : "")
        + " WHERE migration_id = ? AND epoch = ? AND state = '"
        + from
        + "'"
        // Whoever was asked to undo everything does not finish instead.
        + (to == MigrationState.COMPLETED ? " AND cancelled = 0" : "");
  }

  /** The same move as SQL text, for the one statement that swaps the tables. */
  public String moveStatement(
      long migrationId, long epoch, MigrationState from, MigrationState to) {
    return moveSql(from, to)
        .replaceFirst("\\?", "NULL")
        .replaceFirst("\\?", Long.toString(migrationId))
        .replaceFirst("\\?", Long.toString(epoch));
  }

  /**
   * The move that begins the undoing of a completed migration, as SQL text for the statement that
   * swaps back. It hits nothing while another migration is open: that one works on the table that
   * is about to go.
   */
  public String undoStatement(long migrationId, long epoch, String reason) {
    return moveSql(MigrationState.COMPLETED, MigrationState.ROLLING_BACK)
            .replaceFirst("\\?", "'" + reason + "'")
            .replaceFirst("\\?", Long.toString(migrationId))
            .replaceFirst("\\?", Long.toString(epoch))
        + " AND NOT EXISTS (SELECT 1 FROM "
        + table
        + " o WHERE o.state NOT IN ("
        + TERMINAL
        + "))";
  }

  public void recordSnapshot(
      Connection connection,
      long migrationId,
      long epoch,
      String fingerprint,
      long memories,
      @Nullable String highestKey,
      @Nullable Integer dictionaryId)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET fingerprint = ?, memories = ?, highest_key = ?, dictionary_id = ?"
                + " WHERE migration_id = ? AND epoch = ?")) {
      update.setString(1, fingerprint);
      update.setLong(2, memories);
      update.setString(3, highestKey);
      if (dictionaryId == null) {
        update.setNull(4, Types.INTEGER);
      } else {
        update.setInt(4, dictionaryId);
      }
      update.setLong(5, migrationId);
      update.setLong(6, epoch);
      requireOne(update.executeUpdate(), "record the snapshot", migrationId, epoch);
    }
  }

  /** Replaces the settings by what the snapshot found best, before any range is planned. */
  public void recordSettings(Connection connection, long migrationId, long epoch, String settings)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE " + table + " SET settings = ? WHERE migration_id = ? AND epoch = ?")) {
      update.setString(1, settings);
      update.setLong(2, migrationId);
      update.setLong(3, epoch);
      requireOne(update.executeUpdate(), "record the settings", migrationId, epoch);
    }
  }

  /** Moves the planner's cursor; in the same transaction as the ranges it covers. */
  public void recordPlan(
      Connection connection, long migrationId, long epoch, @Nullable String plannedTo, boolean done)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET planned_to = ?, plan_done = ? WHERE migration_id = ? AND epoch = ?")) {
      update.setString(1, plannedTo);
      update.setInt(2, done ? 1 : 0);
      update.setLong(3, migrationId);
      update.setLong(4, epoch);
      requireOne(update.executeUpdate(), "record the plan", migrationId, epoch);
    }
  }

  public void recordFacts(Connection connection, long migrationId, long epoch, String facts)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE " + table + " SET facts = ? WHERE migration_id = ? AND epoch = ?")) {
      update.setString(1, facts);
      update.setLong(2, migrationId);
      update.setLong(3, epoch);
      requireOne(update.executeUpdate(), "record facts", migrationId, epoch);
    }
  }

  /** Pauses or resumes; anyone may ask, so no epoch guards it. Why it was paused is forgotten. */
  public void setPaused(Connection connection, long migrationId, boolean paused)
      throws SQLException {
    pause(connection, migrationId, paused, null);
  }

  /** Pauses because something outside of Whimbrel keeps it from going on. */
  public void pause(Connection connection, long migrationId, String reason) throws SQLException {
    pause(connection, migrationId, true, reason);
  }

  // The reason of an undoing or a failure is not a pause's to replace.
  private void pause(
      Connection connection, long migrationId, boolean paused, @Nullable String reason)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET paused = ?, reason = CASE WHEN state IN ('ROLLING_BACK', 'ROLLED_BACK',"
                + " 'FAILED') THEN reason ELSE ? END WHERE migration_id = ?")) {
      update.setInt(1, paused ? 1 : 0);
      update.setString(2, reason);
      update.setLong(3, migrationId);
      update.executeUpdate();
    }
  }

  /** Asks whoever leads to undo everything; anyone may ask. */
  public void requestCancel(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE " + table + " SET cancelled = 1 WHERE migration_id = ?")) {
      update.setLong(1, migrationId);
      update.executeUpdate();
    }
  }

  /** Holds the cut-over back, or lets it go; anyone may ask. */
  public void setPostponed(Connection connection, long migrationId, boolean postponed)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE " + table + " SET postponed = ? WHERE migration_id = ?")) {
      update.setInt(1, postponed ? 1 : 0);
      update.setLong(2, migrationId);
      update.executeUpdate();
    }
  }

  /** Every migration, oldest first. */
  public List<Migration> all(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("SELECT * FROM " + table + " ORDER BY migration_id");
        ResultSet row = select.executeQuery()) {
      List<Migration> all = new ArrayList<>();
      while (row.next()) {
        all.add(read(row));
      }
      return all;
    }
  }

  private void update(
      Connection connection, long migrationId, long epoch, String assignment, String what)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE " + table + " SET " + assignment + " WHERE migration_id = ? AND epoch = ?")) {
      update.setLong(1, migrationId);
      update.setLong(2, epoch);
      requireOne(update.executeUpdate(), what, migrationId, epoch);
    }
  }

  private static void requireOne(int rows, String what, long migrationId, long epoch) {
    if (rows != 1) {
      throw new FencedException(
          "another coordinator leads or moved the migration: could not "
              + what
              + " migration="
              + migrationId
              + " epoch="
              + epoch);
    }
  }

  private static Optional<Migration> one(PreparedStatement select) throws SQLException {
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? Optional.of(read(row)) : Optional.empty();
    }
  }

  private static Migration read(ResultSet row) throws SQLException {
    long finishedAt = row.getLong("finished_at_ms");
    boolean finished = !row.wasNull();
    int dictionary = row.getInt("dictionary_id");
    boolean hasDictionary = !row.wasNull();
    return new Migration(
        row.getLong("migration_id"),
        MigrationKind.valueOf(row.getString("kind")),
        MigrationState.valueOf(row.getString("state")),
        row.getLong("epoch"),
        row.getInt("paused") != 0,
        row.getInt("cancelled") != 0,
        row.getInt("postponed") != 0,
        row.getString("coordinator_id"),
        row.getLong("created_at_ms"),
        finished ? finishedAt : null,
        row.getString("settings"),
        row.getString("fingerprint"),
        row.getLong("memories"),
        row.getString("highest_key"),
        hasDictionary ? dictionary : null,
        row.getString("planned_to"),
        row.getInt("plan_done") != 0,
        row.getString("facts"),
        row.getString("reason"));
  }
}
