// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.format.Segment;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Fetches single segments. */
final class SegmentReader {

  private final Connection connection;
  private final String query;

  SegmentReader(Connection connection, MemoriesTable table) {
    this.connection = connection;
    this.query =
        "SELECT dictionary_id, raw_size, memory_count, body FROM "
            + table.qualified(TableLayout.SEGMENTS_TABLE)
            + " WHERE segment_id = ?";
  }

  /** In a short transaction of its own. */
  @Nullable Segment read(long segmentId) throws SQLException {
    try {
      return fetch(segmentId);
    } finally {
      connection.rollback();
    }
  }

  /** In whatever transaction the connection is. */
  @Nullable Segment fetch(long segmentId) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(query)) {
      select.setLong(1, segmentId);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        int dictionaryId = row.getInt(1);
        return new Segment(
            segmentId,
            row.wasNull() ? null : (Integer) dictionaryId,
            row.getInt(2),
            row.getInt(3),
            row.getBytes(4));
      }
    }
  }
}
