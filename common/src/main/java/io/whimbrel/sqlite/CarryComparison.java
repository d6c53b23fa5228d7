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
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares rows of the migrated table with their legacy rows by decoded text, and writes down how
 * each is to be carried back.
 */
final class CarryComparison implements AutoCloseable {

  private final Connection connection;
  private final TableLayout migrated;
  private final TableLayout original;
  private final String legacy;
  private final LegacyContentDecoder decoder = new LegacyContentDecoder();
  private final SegmentUnpacker unpacker;
  private final PreparedStatement selectSegment;
  private long unpackedSegment;
  private byte[] unpacked = {};

  CarryComparison(
      Connection connection, TableLayout migrated, TableLayout original, String legacyTable)
      throws SQLException {
    this.connection = connection;
    this.migrated = migrated;
    this.original = original;
    this.legacy = quote(legacyTable);
    this.unpacker = new SegmentUnpacker(id -> dictionary(connection, id));
    this.selectSegment = connection.prepareStatement(SegmentRows.SELECT);
  }

  private static Dictionary dictionary(Connection connection, int id) {
    try {
      Dictionary dictionary = SqliteShadowTable.loadDictionary(connection, id);
      if (dictionary == null) {
        throw new CutOverRefusedException("dictionary " + id + " is missing");
      }
      return dictionary;
    } catch (SQLException e) {
      throw new CutOverRefusedException("reading dictionary " + id, e);
    }
  }

  /**
   * Compares the rows under the keys that a select yields; the caller's transaction is one view.
   */
  void run(String keys, @Nullable String rowid) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(select(keys, rowid));
        PreparedStatement keep = connection.prepareStatement(insert("l.content", "l"));
        PreparedStatement note = connection.prepareStatement(insert("CAST(? AS TEXT)", null));
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        String key = Sqlite.key(row, 1, migrated.keyType());
        if (key == null) {
          continue;
        }
        Carried carried = compare(key, row);
        PreparedStatement insert = carried.how() == CarriedRow.KEPT ? keep : note;
        Sqlite.bindKey(insert, 1, migrated.keyType(), key);
        insert.setString(2, carried.how().name());
        if (insert == keep) {
          Sqlite.bindKey(insert, 3, migrated.keyType(), key);
        } else {
          // As bytes, so that not even text that is no UTF-8 is changed by the driver.
          insert.setBytes(3, carried.text());
        }
        insert.executeUpdate();
      }
    }
  }

  private record Carried(CarriedRow how, byte @Nullable [] text) {}

  private Carried compare(String key, ResultSet row) throws SQLException {
    long segmentId = row.getLong(6);
    boolean packed = row.getString(2).equals("null") && segmentId != 0;
    byte[] now =
        packed
            ? unpack(new Pointer(segmentId, row.getInt(7), row.getInt(8), row.getInt(9)))
            : text(SqliteLegacyCursor.storedContent(connection, migrated, row, key, 2));
    boolean hasLegacy = row.getBoolean(10);
    if (hasLegacy && now != null) {
      byte[] then = text(SqliteLegacyCursor.storedContent(connection, original, row, key, 12));
      if (Arrays.equals(now, then)) {
        return new Carried(row.getBoolean(11) ? CarriedRow.SAME : CarriedRow.KEPT, null);
      }
    }
    return packed ? new Carried(CarriedRow.TEXT, now) : new Carried(CarriedRow.INLINE, null);
  }

  private byte @Nullable [] text(StoredContent content) {
    DecodedContent decoded = decoder.decode(content);
    return decoded instanceof DecodedText text ? text.utf8() : null;
  }

  // Neighbours share a segment.
  private byte[] unpack(Pointer pointer) throws SQLException {
    if (unpackedSegment != pointer.segmentId()) {
      Segment segment = SegmentRows.read(selectSegment, pointer.segmentId());
      if (segment == null) {
        throw new CutOverRefusedException("segment " + pointer.segmentId() + " is missing");
      }
      unpacked = unpacker.unpack(segment);
      unpackedSegment = segment.segmentId();
    }
    return SegmentUnpacker.slice(unpacked, pointer);
  }

  private String select(String keys, @Nullable String rowid) {
    String key = quote(migrated.keyColumn());
    String equal =
        RowStatements.all(
            RowStatements.carried(original, rowid).stream()
                .map(column -> RowStatements.same("m", "l", column))
                .toList());
    return "SELECT m."
        + key
        + ", "
        + stored("m", migrated)
        + ", m.content_segment, m.content_offset, m.content_length, m.content_crc32c, l."
        + key
        + " IS NOT NULL, "
        + equal
        + ", "
        + stored("l", original)
        + " FROM memories m LEFT JOIN "
        + legacy
        + " l ON l."
        + key
        + " = m."
        + key
        + " WHERE m."
        + key
        + " IN ("
        + keys
        + ") ORDER BY m."
        + key;
  }

  private static String stored(String alias, TableLayout layout) {
    return String.join(
        ", ",
        List.of(
            "typeof(" + alias + ".content)",
            alias + ".content",
            layout.hasFlag() ? alias + "." + TableLayout.FLAG : "NULL",
            layout.hasSize() ? alias + "." + TableLayout.SIZE : "NULL"));
  }

  // Parameters: key, how, and the text or, to keep what the legacy row has, the key again.
  private String insert(String content, @Nullable String from) {
    String flag = from != null && original.hasFlag() ? from + "." + TableLayout.FLAG : "NULL";
    return "INSERT OR REPLACE INTO temp.whimbrel_carry (memory_key, how, content, flag) SELECT ?,"
        + " ?, "
        + content
        + ", "
        + flag
        + (from == null
            ? ""
            : " FROM " + legacy + " l WHERE l." + quote(original.keyColumn()) + " = ?");
  }

  @Override
  public void close() throws SQLException {
    unpacker.close();
    selectSegment.close();
  }
}
