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
import io.whimbrel.store.KeyType;
import io.whimbrel.store.TableLayout;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Carries what was written after a cut-over back into the legacy table, before it takes its place
 * again. Where the decoded text is unchanged the legacy row keeps its stored bytes; where it
 * differs the text goes in plain. Deleted memories are deleted, new ones inserted.
 */
final class SqliteCarryBack {

  private final SqliteSchema schema;
  private final SqliteCapture capture;
  private final String legacy;

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
    try (SegmentUnpacker unpacker = unpacker(connection)) {
      for (String key : changedKeys(connection, migrated.keyType())) {
        carry(connection, migrated, original, key, unpacker);
      }
    }
  }

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

  private static List<String> changedKeys(Connection connection, KeyType type) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT DISTINCT memory_key FROM "
                    + SqliteCapture.LOG
                    + " WHERE memory_key IS NOT NULL")) {
      List<String> keys = new ArrayList<>();
      while (row.next()) {
        String key = Sqlite.key(row, 1, type);
        if (key != null) {
          keys.add(key);
        }
      }
      return keys;
    }
  }

  private void carry(
      Connection connection,
      TableLayout migrated,
      TableLayout original,
      String key,
      SegmentUnpacker unpacker)
      throws SQLException {
    Current current = read(connection, migrated, TableLayout.TABLE, key, unpacker);
    if (current == null) {
      execute(connection, original, key, "DELETE FROM %s WHERE %s = ?", null);
      return;
    }
    Current kept = read(connection, original, legacy, key, unpacker);
    if (kept == null) {
      insert(connection, original, key);
    } else {
      updateCarried(connection, original, key);
    }
    if (kept == null || !Arrays.equals(kept.text(), current.text())) {
      setPlain(connection, original, key, current.text());
    }
  }

  /** A row's decoded text; null text for SQL NULL. */
  private record Current(byte @Nullable [] text) {}

  private static @Nullable Current read(
      Connection connection, TableLayout layout, String table, String key, SegmentUnpacker unpacker)
      throws SQLException {
    String sql =
        String.format(
            Locale.ROOT,
            "SELECT typeof(content), content, %s, %s, %s FROM %s WHERE %s = ?",
            layout.hasFlag() ? TableLayout.FLAG : "NULL",
            layout.hasSize() ? TableLayout.SIZE : "NULL",
            layout.hasPointers()
                ? "content_segment, content_offset, content_length, content_crc32c"
                : "NULL, NULL, NULL, NULL",
            quote(table),
            quote(layout.keyColumn()));
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      Sqlite.bindKey(select, 1, layout.keyType(), key);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        long segmentId = row.getLong(5);
        if (row.getString(1).equals("null") && segmentId != 0) {
          Pointer pointer = new Pointer(segmentId, row.getInt(6), row.getInt(7), row.getInt(8));
          return new Current(unpack(connection, pointer, unpacker));
        }
        DecodedContent decoded =
            new LegacyContentDecoder()
                .decode(SqliteLegacyCursor.storedContent(connection, layout, row, key, 1));
        if (decoded instanceof DecodedText text) {
          return new Current(text.utf8());
        }
        return new Current(row.getBytes(2));
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

  private void insert(Connection connection, TableLayout original, String key) throws SQLException {
    String columns = columns(original).collect(Collectors.joining(", "));
    execute(
        connection,
        original,
        key,
        "INSERT INTO %s ("
            + columns
            + ", content) SELECT "
            + columns
            + ", '' FROM memories WHERE %s = ?",
        null);
  }

  private void updateCarried(Connection connection, TableLayout original, String key)
      throws SQLException {
    String assignments =
        columns(original).map(c -> c + " = m." + c).collect(Collectors.joining(", "));
    execute(
        connection,
        original,
        key,
        "UPDATE %1$s SET "
            + assignments
            + " FROM memories m WHERE m.%2$s = %1$s.%2$s AND m.%2$s"
            + " = ?",
        null);
  }

  private void setPlain(
      Connection connection, TableLayout original, String key, byte @Nullable [] text)
      throws SQLException {
    execute(
        connection,
        original,
        key,
        "UPDATE %s SET content = ?"
            + (original.hasFlag() ? ", content_compressed = 0" : "")
            + " WHERE %s = ?",
        text == null ? new byte[0] : text);
  }

  private static java.util.stream.Stream<String> columns(TableLayout layout) {
    return layout.carriedColumns().stream().map(CreateText::quote);
  }

  private void execute(
      Connection connection, TableLayout original, String key, String sql, byte @Nullable [] text)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            String.format(Locale.ROOT, sql, quote(legacy), quote(original.keyColumn())))) {
      int index = 1;
      if (text != null) {
        statement.setString(index++, new String(text, StandardCharsets.UTF_8));
      }
      Sqlite.bindKey(statement, index, original.keyType(), key);
      statement.executeUpdate();
    }
  }
}
