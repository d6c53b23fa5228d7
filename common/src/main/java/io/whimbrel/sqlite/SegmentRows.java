// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.format.Segment;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** Segments as rows. */
final class SegmentRows {

  static final String INSERT =
      "INSERT INTO memory_segments (segment_id, dictionary_id, raw_size, memory_count, body) VALUES"
          + " (?, ?, ?, ?, ?)";

  static final String SELECT =
      "SELECT segment_id, dictionary_id, raw_size, memory_count, body FROM memory_segments WHERE"
          + " segment_id = ?";

  private SegmentRows() {}

  static @Nullable Segment read(PreparedStatement select, long segmentId) throws SQLException {
    select.setLong(1, segmentId);
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        return null;
      }
      int dictionary = row.getInt(2);
      Integer dictionaryId = row.wasNull() ? null : dictionary;
      return new Segment(
          row.getLong(1), dictionaryId, row.getInt(3), row.getInt(4), row.getBytes(5));
    }
  }

  static void bind(PreparedStatement insert, Segment segment) throws SQLException {
    insert.setLong(1, segment.segmentId());
    if (segment.dictionaryId() == null) {
      insert.setNull(2, Types.INTEGER);
    } else {
      insert.setInt(2, segment.dictionaryId());
    }
    insert.setInt(3, segment.rawSize());
    insert.setInt(4, segment.memoryCount());
    insert.setBytes(5, segment.body());
  }
}
