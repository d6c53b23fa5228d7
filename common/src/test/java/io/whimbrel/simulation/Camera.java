// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.simulation.Picture.Lead;
import io.whimbrel.simulation.Picture.RangeRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes pictures of the database. Each table comes as one text, which is quicker than row by row,
 * and is only parsed again when it has changed.
 */
final class Camera {

  /** One table: its text when it was parsed last, and what came out. */
  private static final class Plate<T> {
    private final PreparedStatement query;
    private final Function<List<String[]>, T> parser;
    private @Nullable String text;
    private @Nullable T parsed;

    Plate(Connection connection, String columns, String table, Function<List<String[]>, T> parser)
        throws SQLException {
      this.query =
          connection.prepareStatement(
              "SELECT group_concat(concat_ws(',', " + columns + "), ';') FROM " + table);
      this.parser = parser;
    }

    T expose() throws SQLException {
      String now = "";
      try (ResultSet row = query.executeQuery()) {
        if (row.next()) {
          now = Objects.requireNonNullElse(row.getString(1), "");
        }
      }
      T last = parsed;
      if (last != null && now.equals(text)) {
        return last;
      }
      List<String[]> rows = new ArrayList<>();
      if (!now.isEmpty()) {
        for (String row : now.split(";", -1)) {
          rows.add(row.split(",", -1));
        }
      }
      T fresh = parser.apply(rows);
      text = now;
      parsed = fresh;
      return fresh;
    }
  }

  private final Plate<Map<Long, Lead>> migrations;
  private final Plate<Map<Long, RangeRow>> ranges;
  private final Plate<Map<String, Long>> legacy;
  private final Plate<Map<String, Long>> truth;
  private final Plate<Map<Long, Map<String, Long>>> copies;
  private final Plate<Set<String>> logged;
  private final Plate<Map<Long, Map<String, List<Long>>>> rangeKeys;
  private final Plate<Map<String, Long>> leases;

  Camera(Connection db) throws SQLException {
    this.migrations =
        new Plate<>(
            db,
            "migration_id, state, epoch, cancelled, coalesce(planned_to, ''), plan_done,"
                + " coalesce(highest_key, '')",
            "whimbrel_migrations",
            Camera::leads);
    this.ranges =
        new Plate<>(
            db,
            "range_id, migration_id, kind, round, lower_key, upper_key, state, attempt,"
                + " coalesce(worker_id, '-'), mismatches",
            "whimbrel_ranges",
            Camera::ranges);
    this.legacy = new Plate<>(db, "memory_key, version", "sim_legacy", Camera::versions);
    this.truth = new Plate<>(db, "memory_key, version", "sim_truth", Camera::versions);
    this.copies = new Plate<>(db, "migration_id, memory_key, version", "sim_copy", Camera::copies);
    this.logged = new Plate<>(db, "memory_key", "whimbrel_changes", Camera::keys);
    this.rangeKeys =
        new Plate<>(
            db, "migration_id, memory_key, range_id", "whimbrel_range_keys", Camera::rangeKeys);
    this.leases =
        new Plate<>(db, "worker_id, lease_until_ms", "whimbrel_workers", Camera::versions);
  }

  /** The whole picture. */
  Picture take() throws SQLException {
    return new Picture(
        migrations.expose(),
        ranges.expose(),
        legacy.expose(),
        copies.expose(),
        logged.expose(),
        rangeKeys.expose(),
        leases.expose());
  }

  /** The picture after a renewal, which touches nothing but leases. */
  Picture takeLeases(Picture before) throws SQLException {
    return new Picture(
        before.migrations(),
        before.ranges(),
        before.legacy(),
        before.copies(),
        before.logged(),
        before.rangeKeys(),
        leases.expose());
  }

  /** Versions by key as the applications committed them, below zero where they deleted. */
  Map<String, Long> truth() throws SQLException {
    return truth.expose();
  }

  private static Map<Long, Lead> leads(List<String[]> rows) {
    Map<Long, Lead> leads = new TreeMap<>();
    for (String[] row : rows) {
      long id = Long.parseLong(row[0]);
      leads.put(
          id,
          new Lead(
              id,
              MigrationState.valueOf(row[1]),
              Long.parseLong(row[2]),
              row[3].equals("1"),
              row[4],
              row[5].equals("1"),
              row[6]));
    }
    return leads;
  }

  private static Map<Long, RangeRow> ranges(List<String[]> rows) {
    Map<Long, RangeRow> ranges = new TreeMap<>();
    for (String[] row : rows) {
      long id = Long.parseLong(row[0]);
      ranges.put(
          id,
          new RangeRow(
              id,
              Long.parseLong(row[1]),
              RangeKind.valueOf(row[2]),
              Integer.parseInt(row[3]),
              row[4].isEmpty() ? "" : row[4].substring(1),
              row[5],
              row[6],
              Integer.parseInt(row[7]),
              row[8],
              Integer.parseInt(row[9])));
    }
    return ranges;
  }

  private static Map<String, Long> versions(List<String[]> rows) {
    Map<String, Long> versions = new TreeMap<>();
    for (String[] row : rows) {
      versions.put(row[0], Long.parseLong(row[1]));
    }
    return versions;
  }

  private static Map<Long, Map<String, Long>> copies(List<String[]> rows) {
    Map<Long, Map<String, Long>> copies = new TreeMap<>();
    for (String[] row : rows) {
      copies
          .computeIfAbsent(Long.parseLong(row[0]), id -> new TreeMap<>())
          .put(row[1], Long.parseLong(row[2]));
    }
    return copies;
  }

  private static Set<String> keys(List<String[]> rows) {
    Set<String> keys = new HashSet<>();
    for (String[] row : rows) {
      keys.add(row[0]);
    }
    return keys;
  }

  private static Map<Long, Map<String, List<Long>>> rangeKeys(List<String[]> rows) {
    Map<Long, Map<String, List<Long>>> keys = new TreeMap<>();
    for (String[] row : rows) {
      keys.computeIfAbsent(Long.parseLong(row[0]), id -> new TreeMap<>())
          .computeIfAbsent(row[1], key -> new ArrayList<>())
          .add(Long.parseLong(row[2]));
    }
    return keys;
  }
}
