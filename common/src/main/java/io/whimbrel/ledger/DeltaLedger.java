// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Drains the change log into DELTA ranges. A drain takes the rows that it sees, never "above the
 * last number": a transaction that logged early and commits late is then in the next drain.
 */
public final class DeltaLedger {

  // No range has this id: keys wait under it while their ranges are made, in one transaction.
  private static final long UNASSIGNED = 0;

  private final LedgerDialect dialect;
  private final String ranges;
  private final String keys;
  private final String log;

  public DeltaLedger(LedgerDialect dialect, String qualifier) {
    this.dialect = dialect;
    this.ranges = qualifier + "whimbrel_ranges";
    this.keys = qualifier + "whimbrel_range_keys";
    this.log = qualifier + "whimbrel_changes";
  }

  /**
   * What a drain took.
   *
   * @param tableEmptied whether the log held a mark that the whole table was emptied
   * @param rangeIds the new ranges, in key order
   * @param changedKeys distinct keys in them
   */
  public record Drain(boolean tableEmptied, List<Long> rangeIds, long changedKeys) {
    public Drain {
      rangeIds = List.copyOf(rangeIds);
    }
  }

  /**
   * Moves visible rows of the log into the keys of new ranges; in a coordinator's transaction,
   * after its guard.
   *
   * @param keysPerRange the most keys in a range
   * @param changesMax the most rows of the log to take
   * @throws IllegalStateException when a range of an earlier round is unfinished
   */
  public Drain drain(Connection connection, long migrationId, int keysPerRange, int changesMax)
      throws SQLException {
    requireNothingOpen(connection, migrationId);
    boolean emptied = update(connection, "DELETE FROM " + log + " WHERE memory_key IS NULL") > 0;
    long taken = takeKeys(connection, migrationId, changesMax);
    List<Long> ids = new ArrayList<>();
    int round = nextRound(connection, migrationId);
    for (long done = 0; done < taken; done += keysPerRange) {
      ids.add(addRange(connection, migrationId, round, ids.size(), keysPerRange));
    }
    return new Drain(emptied, ids, taken);
  }

  private void requireNothingOpen(Connection connection, long migrationId) throws SQLException {
    if (isRoundOpen(connection, migrationId)) {
      throw new IllegalStateException("a round begins when the one before is committed");
    }
  }

  /** Whether a COPY or DELTA range is unfinished, so that no round may begin. */
  public boolean isRoundOpen(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT count(*) FROM "
                + ranges
                + " WHERE migration_id = ? AND state IN ('PENDING', 'CLAIMED', 'BLOCKED') AND state <> 'DONE'"
                + " AND kind IN ('COPY', 'DELTA')")) {
      select.setLong(1, migrationId);
      return number(select) > 0;
    }
  }

  // The rows that this statement deletes are the rows whose keys it inserts, whatever is logged
  // meanwhile.
  private long takeKeys(Connection connection, long migrationId, int changesMax)
      throws SQLException {
    String some =
        String.format(
            Locale.ROOT,
            "DELETE FROM %1$s WHERE %2$s IN (SELECT %2$s FROM %1$s LIMIT %3$d)",
            log,
            dialect.rowAddress(),
            changesMax);
    if (dialect == LedgerDialect.POSTGRESQL) {
      return update(
          connection,
          String.format(
              Locale.ROOT,
              "WITH taken AS (%s RETURNING memory_key) INSERT INTO %s (migration_id, memory_key,"
                  + " range_id) SELECT DISTINCT %d::bigint, memory_key, %d::bigint FROM taken"
                  + " WHERE memory_key IS NOT NULL",
              some,
              keys,
              migrationId,
              UNASSIGNED));
    }
    // Under SQLite's one writer nothing can come between.
    long taken =
        update(
            connection,
            String.format(
                Locale.ROOT,
                "INSERT INTO %s (migration_id, memory_key, range_id) SELECT DISTINCT %d,"
                    + " memory_key, %d FROM (SELECT memory_key FROM %s ORDER BY rowid LIMIT %d)"
                    + " WHERE memory_key IS NOT NULL",
                keys,
                migrationId,
                UNASSIGNED,
                log,
                changesMax));
    update(
        connection,
        String.format(
            Locale.ROOT,
            "DELETE FROM %1$s WHERE rowid IN (SELECT rowid FROM %1$s ORDER BY rowid LIMIT %2$d)",
            log,
            changesMax));
    return taken;
  }

  private int nextRound(Connection connection, long migrationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT coalesce(max(round), 0) + 1 FROM "
                + ranges
                + " WHERE migration_id = ? AND kind = 'DELTA'")) {
      select.setLong(1, migrationId);
      return (int) number(select);
    }
  }

  private long addRange(Connection connection, long migrationId, int round, int place, int size)
      throws SQLException {
    long rangeId;
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + ranges
                + " (migration_id, kind, round, lower_key, upper_key, state) VALUES (?, 'DELTA', ?,"
                + " ?, ?, 'PENDING') RETURNING range_id")) {
      insert.setLong(1, migrationId);
      insert.setInt(2, round);
      insert.setString(3, ">" + place);
      insert.setString(4, Integer.toString(place + 1));
      rangeId = number(insert);
    }
    update(
        connection,
        String.format(
            Locale.ROOT,
            "UPDATE %1$s SET range_id = %2$d WHERE migration_id = %3$d AND memory_key IN (SELECT"
                + " memory_key FROM %1$s WHERE range_id = %4$d AND migration_id = %3$d ORDER BY"
                + " memory_key LIMIT %5$d)",
            keys,
            rangeId,
            migrationId,
            UNASSIGNED,
            size));
    return rangeId;
  }

  /** Gives the keys that a range still has to another; in the transaction that splits it. */
  public void moveKeys(Connection connection, long fromRangeId, long toRangeId)
      throws SQLException {
    update(
        connection,
        "UPDATE " + keys + " SET range_id = " + toRangeId + " WHERE range_id = " + fromRangeId);
  }

  /** Forgets the keys of every range of a migration that is being undone. */
  public void clear(Connection connection, long migrationId) throws SQLException {
    update(connection, "DELETE FROM " + keys + " WHERE migration_id = " + migrationId);
  }

  private static long update(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return statement.executeLargeUpdate();
    }
  }

  private static long number(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
