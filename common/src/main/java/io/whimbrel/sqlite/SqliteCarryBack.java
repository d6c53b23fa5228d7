// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.format.Dictionary;
import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries what was written after a cut-over back into the legacy table, before it takes its place
 * again. Where the decoded text is unchanged the row keeps the content bytes that the legacy table
 * has; a packed text that differs goes in plain, and what stands inline goes in as it stands.
 * Changed rows leave the legacy table first and enter it anew, so that values of unique columns can
 * have moved between them.
 */
final class SqliteCarryBack {

  private final SqliteSchema schema;
  private final SqliteCapture capture;
  private final String legacy;

  // One for all rows: it makes its working space when it is made, and writers wait meanwhile.
  private final LegacyContentDecoder decoder = new LegacyContentDecoder();

  SqliteCarryBack(SqliteSchema schema, SqliteCapture capture, String legacy) {
    this.schema = schema;
    this.capture = capture;
    this.legacy = legacy;
  }

  /** Runs inside the swap's transaction. */
  void carry(Connection connection) throws SQLException {
    if (capture.pending(connection) == 0) {
      return;
    }
    TableLayout migrated = schema.layout(connection);
    TableLayout original = schema.layout(connection, legacy);
    boolean hiddenRowid = schema.hasHiddenRowid(connection, migrated);
    List<Changed> changed = new ArrayList<>();
    try (SegmentUnpacker unpacker = unpacker(connection)) {
      for (String key : changedKeys(connection, migrated)) {
        changed.add(compare(connection, migrated, original, key, unpacker));
      }
    }
    moveAside(connection, original);
    Insertion insertion = new Insertion(original, hiddenRowid);
    for (Changed row : changed) {
      insertion.run(connection, row);
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE whimbrel_carry");
    }
  }

  /** How a changed memory enters the legacy table again. */
  private enum Entry {
    /** It was deleted. */
    NOT,
    /** Its text is unchanged: with the content bytes it had. */
    AS_KEPT,
    /** As it stands inline. */
    AS_INLINE,
    /** With the text that its pointer led to. */
    AS_TEXT
  }

  private record Changed(String key, Entry entry, byte @Nullable [] text) {}

  private static SegmentUnpacker unpacker(Connection connection) {
    return new SegmentUnpacker(
        id -> {
          try {
            Dictionary dictionary = SqliteShadowTable.loadDictionary(connection, id);
            if (dictionary == null) {
              throw new CutOverRefusedException("dictionary " + id + " is missing");
            }
            return dictionary;
          } catch (SQLException e) {
            throw new CutOverRefusedException("reading dictionary " + id, e);
          }
        });
  }

  private static List<String> changedKeys(Connection connection, TableLayout layout)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT DISTINCT memory_key FROM "
                    + SqliteCapture.LOG
                    + " WHERE memory_key IS NOT NULL")) {
      List<String> keys = new ArrayList<>();
      while (row.next()) {
        String key = Sqlite.key(row, 1, layout.keyType());
        if (key != null) {
          keys.add(key);
        }
      }
      return keys;
    }
  }

  /** A row's content: its decoded text, and whether a live pointer leads to it. */
  private record Found(byte @Nullable [] text, boolean packed) {}

  private Changed compare(
      Connection connection,
      TableLayout migrated,
      TableLayout original,
      String key,
      SegmentUnpacker unpacker)
      throws SQLException {
    Found now = read(connection, migrated, TableLayout.TABLE, key, unpacker);
    if (now == null) {
      return new Changed(key, Entry.NOT, null);
    }
    Found kept = read(connection, original, legacy, key, unpacker);
    if (kept != null && kept.text() != null && Arrays.equals(kept.text(), now.text())) {
      return new Changed(key, Entry.AS_KEPT, null);
    }
    return now.packed()
        ? new Changed(key, Entry.AS_TEXT, now.text())
        : new Changed(key, Entry.AS_INLINE, null);
  }

  private @Nullable Found read(
      Connection connection, TableLayout layout, String table, String key, SegmentUnpacker unpacker)
      throws SQLException {
    String sql =
        "SELECT typeof(content), content, "
            + (layout.hasFlag() ? TableLayout.FLAG : "NULL")
            + ", "
            + (layout.hasSize() ? TableLayout.SIZE : "NULL")
            + ", "
            + (layout.hasPointers()
                ? "content_segment, content_offset, content_length, content_crc32c"
                : "NULL, NULL, NULL, NULL")
            + " FROM "
            + quote(table)
            + " WHERE "
            + quote(layout.keyColumn())
            + " = ?";
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      Sqlite.bindKey(select, 1, layout.keyType(), key);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        long segmentId = row.getLong(5);
        if (row.getString(1).equals("null") && segmentId != 0) {
          Pointer pointer = new Pointer(segmentId, row.getInt(6), row.getInt(7), row.getInt(8));
          return new Found(unpack(connection, pointer, unpacker), true);
        }
        DecodedContent decoded =
            decoder.decode(SqliteLegacyCursor.storedContent(connection, layout, row, key, 1));
        return new Found(decoded instanceof DecodedText text ? text.utf8() : null, false);
      }
    }
  }

  private static byte[] unpack(Connection connection, Pointer pointer, SegmentUnpacker unpacker)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(RowStatements.SELECT_SEGMENT)) {
      Segment segment = SegmentRows.read(select, pointer.segmentId());
      if (segment == null) {
        throw new CutOverRefusedException("segment " + pointer.segmentId() + " is missing");
      }
      return SegmentUnpacker.slice(unpacker.unpack(segment), pointer);
    }
  }

  // Rows that the new table does not have any more go as well: a replacement under another
  // collation than the column's leaves no trace in the log.
  private void moveAside(Connection connection, TableLayout original) throws SQLException {
    String key = quote(original.keyColumn());
    String table = quote(legacy);
    String changed = "SELECT memory_key FROM " + SqliteCapture.LOG;
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TEMP TABLE whimbrel_carry AS SELECT "
              + key
              + " AS memory_key, content"
              + (original.hasFlag() ? ", content_compressed" : "")
              + " FROM "
              + table
              + " WHERE "
              + key
              + " IN ("
              + changed
              + ")");
      // Writers wait meanwhile, so no row may look through all of these for its content.
      statement.execute("CREATE INDEX temp.whimbrel_carry_keys ON whimbrel_carry (memory_key)");
      statement.execute("DELETE FROM " + table + " WHERE " + key + " IN (" + changed + ")");
      statement.execute(
          "DELETE FROM " + table + " WHERE " + key + " NOT IN (SELECT " + key + " FROM memories)");
    }
  }

  /** Inserts changed rows into the legacy table: all columns from the new one, content by entry. */
  private final class Insertion {
    private final TableLayout original;
    private final String columns;
    private final boolean contentNotNull;

    Insertion(TableLayout original, boolean hiddenRowid) {
      this.original = original;
      List<String> names = new ArrayList<>();
      if (hiddenRowid) {
        names.add("rowid");
      }
      original.carriedColumns().forEach(name -> names.add(quote(name)));
      this.columns = String.join(", ", names);
      this.contentNotNull =
          original.columns().stream()
              .anyMatch(c -> c.name().equals(TableLayout.CONTENT) && c.notNull());
    }

    void run(Connection connection, Changed row) throws SQLException {
      if (row.entry() == Entry.NOT) {
        return;
      }
      String sql =
          "INSERT INTO "
              + quote(legacy)
              + " ("
              + columns
              + ", content"
              + (original.hasFlag() ? ", content_compressed" : "")
              + ") SELECT "
              + columns
              + ", "
              + contentAndFlag(row.entry())
              + " FROM memories WHERE "
              + quote(original.keyColumn())
              + " = ?";
      try (PreparedStatement insert = connection.prepareStatement(sql)) {
        int index = 1;
        if (row.entry() == Entry.AS_TEXT) {
          insert.setBytes(index++, row.text());
        } else if (row.entry() == Entry.AS_KEPT) {
          Sqlite.bindKey(insert, index++, original.keyType(), row.key());
          if (original.hasFlag()) {
            Sqlite.bindKey(insert, index++, original.keyType(), row.key());
          }
        }
        Sqlite.bindKey(insert, index, original.keyType(), row.key());
        insert.executeUpdate();
      }
    }

    private String contentAndFlag(Entry entry) {
      String kept = "(SELECT %s FROM temp.whimbrel_carry WHERE memory_key = ?)";
      String content =
          switch (entry) {
            // Bound as bytes, so that not even text that is no UTF-8 is changed by the driver.
            case AS_TEXT -> "CAST(? AS TEXT)";
            case AS_KEPT -> kept.replace("%s", "content");
            case AS_INLINE -> contentNotNull ? "coalesce(content, '')" : "content";
            case NOT -> throw new IllegalStateException("a deleted memory is not inserted");
          };
      if (!original.hasFlag()) {
        return content;
      }
      return content
          + ", "
          + switch (entry) {
            case AS_TEXT -> "0";
            case AS_KEPT -> kept.replace("%s", "content_compressed");
            case AS_INLINE -> "content_compressed";
            case NOT -> throw new IllegalStateException("a deleted memory is not inserted");
          };
    }
  }
}
