// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.SnapshotReader;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts, keys and samples from a SQLite store, whose layout is taken not to change meanwhile. */
final class SqliteSnapshotReader implements SnapshotReader {

  private static final int STRETCHES = 64;

  private final SqliteStore store;
  private final SqliteSchema schema;
  private @Nullable TableLayout layout;

  SqliteSnapshotReader(SqliteStore store, SqliteSchema schema) {
    this.store = store;
    this.schema = schema;
  }

  @Override
  public Extent extent() throws SQLException {
    return store.read(
        connection -> {
          TableLayout layout = schema.layout(connection);
          try (Statement statement = connection.createStatement();
              ResultSet row =
                  statement.executeQuery(
                      String.format(
                          Locale.ROOT,
                          "SELECT (SELECT count(*) FROM %2$s), (SELECT max(%1$s) FROM %2$s)",
                          quote(layout.keyColumn()),
                          quote(layout.table())))) {
            row.next();
            return new Extent(row.getLong(1), Sqlite.key(row, 2, layout.keyType()));
          }
        });
  }

  @Override
  public @Nullable String keyAfter(@Nullable String lower, String upper, int n)
      throws SQLException {
    return store
        .read(
            connection ->
                Optional.ofNullable(keyAfterIn(connection, layout(connection), lower, upper, n)))
        .orElse(null);
  }

  // Finding a text key's type scans all keys: once for a plan, not once for a range.
  private synchronized TableLayout layout(Connection connection) throws SQLException {
    if (layout == null) {
      layout = schema.layout(connection);
    }
    return layout;
  }

  @Override
  public List<StoredContent> sample(int memoriesMax, long bytesMax) throws SQLException {
    return store.read(
        connection -> {
          TableLayout layout = schema.layout(connection);
          long rows = extent().memories();
          // Stretches of neighbours, because neighbours share a segment; spread over all keys.
          int stretch = Math.max(1, memoriesMax / STRETCHES);
          long step = Math.max(stretch, rows / STRETCHES);
          List<StoredContent> sample = new ArrayList<>();
          String from = null;
          long bytes = 0;
          for (int i = 0; i < STRETCHES && bytes < bytesMax; i++) {
            bytes += readStretch(connection, layout, from, stretch, sample);
            from = keyAfterIn(connection, layout, from, null, step);
            if (from == null) {
              break;
            }
          }
          return sample;
        });
  }

  private static @Nullable String keyAfterIn(
      Connection connection,
      TableLayout layout,
      @Nullable String lower,
      @Nullable String upper,
      long n)
      throws SQLException {
    String key = quote(layout.keyColumn());
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + key
                + " FROM "
                + quote(layout.table())
                + " WHERE 1"
                + (lower == null ? "" : " AND " + key + " > ?")
                + (upper == null ? "" : " AND " + key + " <= ?")
                + " ORDER BY "
                + key
                + " LIMIT 1 OFFSET "
                + (n - 1))) {
      int index = 1;
      if (lower != null) {
        Sqlite.bindKey(select, index++, layout.keyType(), lower);
      }
      if (upper != null) {
        Sqlite.bindKey(select, index, layout.keyType(), upper);
      }
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Sqlite.key(row, 1, layout.keyType()) : null;
      }
    }
  }

  private static long readStretch(
      Connection connection,
      TableLayout layout,
      @Nullable String from,
      int rows,
      List<StoredContent> into)
      throws SQLException {
    String key = quote(layout.keyColumn());
    String sql =
        String.format(
                Locale.ROOT,
                "SELECT %1$s, typeof(content), content, %2$s, %3$s FROM %4$s WHERE content IS NOT NULL AND",
                key,
                layout.hasFlag() ? TableLayout.FLAG : "NULL",
                layout.hasSize() ? TableLayout.SIZE : "NULL",
                quote(layout.table()))
            + " length(content) < 1000000"
            + (from == null ? "" : " AND " + key + " > ?")
            + " ORDER BY "
            + key
            + " LIMIT "
            + rows;
    long bytes = 0;
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      if (from != null) {
        Sqlite.bindKey(select, 1, layout.keyType(), from);
      }
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          String rowKey = Sqlite.key(row, 1, layout.keyType());
          StoredContent content =
              SqliteLegacyCursor.storedContent(
                  connection, layout, row, rowKey == null ? "" : rowKey, 2);
          // Chunked memories are left out: their text would need further reads later.
          if (content.bytes() != null && content.bytes().length > 0) {
            into.add(content);
            bytes += content.bytes().length;
          }
        }
      }
    }
    return bytes;
  }

  @Override
  public long inlineMemories(int inlineBytesMax) throws SQLException {
    return store.read(
        connection -> {
          TableLayout layout = schema.layout(connection);
          boolean ledger = schema.find(connection, "table", "whimbrel_failures").isPresent();
          try (Statement statement = connection.createStatement()) {
            return Sqlite.number(
                statement,
                "SELECT count(*) FROM "
                    + quote(layout.table())
                    + " m WHERE "
                    + (ledger ? RowStatements.inline(layout) : "m.content IS NOT NULL")
                    + " AND (m.content_compressed <> 0 OR length(CAST(m.content AS BLOB)) > "
                    + inlineBytesMax
                    + ")");
          }
        });
  }
}
