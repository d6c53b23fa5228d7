// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.SnapshotReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts, keys and samples of the memories table, whose definition is taken not to change. */
final class PostgresSnapshotReader implements SnapshotReader {

  /** Below this many rows single rows are drawn; above it whole pages, which reads less. */
  private static final long SINGLE_ROWS_MAX = 200_000;

  private static final int PROBE_ROWS = 200;

  // Any number does; a fixed one makes the same table give the same sample.
  private static final int SEED = 20;

  private final PostgresStore store;
  private @Nullable MemoriesTable table;

  PostgresSnapshotReader(PostgresStore store) {
    this.store = store;
  }

  @Override
  public Extent extent() throws SQLException {
    return store.read(
        connection -> {
          MemoriesTable table = store.table(connection);
          String query =
              Quoting.fill(
                  "SELECT count(*), (SELECT m.%1$s::text FROM %2$s m ORDER BY m.%1$s DESC LIMIT 1) FROM %2$s",
                  table.key(), table.qualified());
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(query)) {
            row.next();
            return new Extent(row.getLong(1), row.getString(2));
          }
        });
  }

  @Override
  public @Nullable String keyAfter(@Nullable String lower, String upper, int n)
      throws SQLException {
    if (n < 1) {
      throw new IllegalArgumentException("n=" + n);
    }
    return store
        .query(
            connection -> {
              MemoriesTable table = table(connection);
              String query =
                  Quoting.fill(
                      "SELECT m.%1$s::text FROM %2$s m WHERE %3$s ORDER BY m.%1$s LIMIT 1 OFFSET %4$d",
                      table.key(),
                      table.qualified(),
                      RangeSql.within(table, "m", new KeyRange(lower, upper)),
                      n - 1);
              try (Statement statement = connection.createStatement();
                  ResultSet row = statement.executeQuery(query)) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.<String>empty();
              }
            })
        .orElse(null);
  }

  // Half a dozen questions to the catalog: once for a plan, not once for a range.
  private synchronized MemoriesTable table(Connection connection) throws SQLException {
    if (table == null) {
      table = store.table(connection);
    }
    return table;
  }

  @Override
  public List<StoredContent> sample(int memoriesMax, long bytesMax) throws SQLException {
    return store.read(
        connection -> {
          MemoriesTable table = store.table(connection);
          long rows = estimatedRows(connection, table);
          // Large memories fill the sample sooner: draw fewer, so that the whole key space is drawn
          // from before the bytes run out.
          double averageBytes = averageBytes(connection, table, rows);
          long wanted =
              Math.min(memoriesMax, (long) Math.ceil(bytesMax / Math.max(1, averageBytes)));
          return read(connection, table, from(table, rows, wanted), memoriesMax, bytesMax);
        });
  }

  private static List<StoredContent> read(
      Connection connection, MemoriesTable table, String from, int memoriesMax, long bytesMax)
      throws SQLException {
    RowShape shape = RowShape.after(0, table);
    String query =
        "SELECT "
            + RangeSql.contentList(table, "m")
            + " FROM "
            + from
            + " ORDER BY m."
            + table.key()
            + " LIMIT "
            + memoriesMax;
    List<StoredContent> sample = new ArrayList<>();
    long bytes = 0;
    try (CopyRows rows = new CopyRows(connection, query)) {
      for (BinaryRow row = rows.next(); row != null && bytes <= bytesMax; row = rows.next()) {
        StoredContent content = shape.content(row);
        bytes += content.bytes() == null ? 0 : content.bytes().length;
        sample.add(content);
      }
    }
    return sample;
  }

  private static long estimatedRows(Connection connection, MemoriesTable table)
      throws SQLException {
    // The planner's own estimate: the density of the last analysis times the pages there are now.
    double estimate =
        number(
            connection,
            "SELECT CASE WHEN reltuples > 0 AND relpages > 0 THEN reltuples / relpages"
                + " * (pg_relation_size(oid) / current_setting('block_size')::int) ELSE -1 END"
                + " FROM pg_catalog.pg_class WHERE oid = "
                + table.oid());
    return estimate > SINGLE_ROWS_MAX
        ? (long) estimate
        : (long) number(connection, "SELECT count(*) FROM " + table.qualified());
  }

  private static double averageBytes(Connection connection, MemoriesTable table, long rows)
      throws SQLException {
    return number(
        connection,
        "SELECT coalesce(avg(octet_length(m.content)), 1) FROM " + from(table, rows, PROBE_ROWS));
  }

  private static String from(MemoriesTable table, long rows, long wanted) {
    if (rows <= wanted) {
      return table.qualified() + " m";
    }
    return Quoting.fill(
        "%s m TABLESAMPLE %s (%s) REPEATABLE (%d)",
        table.qualified(),
        rows <= SINGLE_ROWS_MAX ? "BERNOULLI" : "SYSTEM",
        String.format(Locale.ROOT, "%.6f", Math.max(0.0001, 100.0 * wanted / rows)),
        SEED);
  }

  private static double number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getDouble(1);
    }
  }

  @Override
  public long inlineMemories(int inlineBytesMax) throws SQLException {
    return store.read(
        connection -> {
          MemoriesTable table = store.table(connection);
          boolean ledger = Catalog.exists(connection, table.qualified("whimbrel_failures"));
          return (long)
              number(
                  connection,
                  "SELECT count(*) FROM "
                      + table.qualified()
                      + " m WHERE "
                      + (ledger ? RangeSql.inline(table, "m") : "m.content IS NOT NULL")
                      + " AND (octet_length(m.content) > "
                      + inlineBytesMax
                      + " OR "
                      + table.flagged("m")
                      + ")");
        });
  }
}
