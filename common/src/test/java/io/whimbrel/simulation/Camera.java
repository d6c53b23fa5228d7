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
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes pictures of the database. Each table comes as one text, which is quicker than row by row,
 * and is only parsed again when it has changed.
 */
final class Camera {

  private static final String QUERY =
      "SELECT"
          + " (SELECT group_concat(concat_ws(',', migration_id, state, epoch, cancelled,"
          + " coalesce(planned_to, ''), plan_done, coalesce(highest_key, '')), ';') FROM"
          + " whimbrel_migrations),"
          + " (SELECT group_concat(concat_ws(',', range_id, migration_id, kind, round, lower_key,"
          + " upper_key, state, attempt, coalesce(worker_id, '-'), mismatches), ';') FROM"
          + " whimbrel_ranges),"
          + " (SELECT group_concat(concat_ws(',', memory_key, version), ';') FROM sim_legacy),"
          + " (SELECT group_concat(concat_ws(',', memory_key, version), ';') FROM sim_truth),"
          + " (SELECT group_concat(concat_ws(',', migration_id, memory_key, version), ';') FROM"
          + " sim_copy),"
          + " (SELECT group_concat(memory_key, ';') FROM whimbrel_changes),"
          + " (SELECT group_concat(concat_ws(',', migration_id, memory_key, range_id), ';') FROM"
          + " whimbrel_range_keys),"
          + " (SELECT group_concat(concat_ws(',', worker_id, lease_until_ms), ';') FROM"
          + " whimbrel_workers)";

  /** One table: its text when it was parsed last, and what came out. */
  private static final class Plate<T> {
    private final Function<List<String[]>, T> parser;
    private @Nullable String text;
    private @Nullable T parsed;

    Plate(Function<List<String[]>, T> parser) {
      this.parser = parser;
    }

    T expose(@Nullable String now) {
      String current = now == null ? "" : now;
      T last = parsed;
      if (last != null && current.equals(text)) {
        return last;
      }
      List<String[]> rows = new ArrayList<>();
      if (!current.isEmpty()) {
        for (String row : current.split(";", -1)) {
          rows.add(row.split(",", -1));
        }
      }
      T fresh = parser.apply(rows);
      text = current;
      parsed = fresh;
      return fresh;
    }
  }

  private final PreparedStatement query;
  private final Plate<Map<Long, Lead>> migrations = new Plate<>(Camera::leads);
  private final Plate<Map<Long, RangeRow>> ranges = new Plate<>(Camera::ranges);
  private final Plate<Map<String, Long>> legacy = new Plate<>(Camera::versions);
  private final Plate<Map<String, Long>> truth = new Plate<>(Camera::versions);
  private final Plate<Map<Long, Map<String, Long>>> copies = new Plate<>(Camera::copies);
  private final Plate<Set<String>> logged = new Plate<>(Camera::keys);
  private final Plate<Map<Long, Map<String, List<Long>>>> rangeKeys =
      new Plate<>(Camera::rangeKeys);
  private final Plate<Map<String, Long>> leases = new Plate<>(Camera::versions);

  Camera(Connection connection) throws SQLException {
    this.query = connection.prepareStatement(QUERY);
  }

  Picture take() throws SQLException {
    try (ResultSet row = query.executeQuery()) {
      row.next();
      return new Picture(
          migrations.expose(row.getString(1)),
          ranges.expose(row.getString(2)),
          legacy.expose(row.getString(3)),
          truth.expose(row.getString(4)),
          copies.expose(row.getString(5)),
          logged.expose(row.getString(6)),
          rangeKeys.expose(row.getString(7)),
          leases.expose(row.getString(8)));
    }
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
