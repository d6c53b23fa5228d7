// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.format.Pointer;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Packing and unpacking of rows where they are. A row is replaced only if its content bytes are
 * still those that were read, and only then are its old values kept.
 */
final class InPlaceSql {

  private final MemoriesTable table;
  private final long migrationId;

  InPlaceSql(MemoriesTable table, long migrationId) {
    this.table = table;
    this.migrationId = migrationId;
  }

  int pack(Connection connection, List<PlacedRow> rows) throws SQLException {
    int packed = 0;
    try (PreparedStatement statement = connection.prepareStatement(packSql())) {
      for (PlacedRow row : rows) {
        Pointer pointer = row.pointer();
        if (pointer == null) {
          continue;
        }
        if (row.storedBytes() == null) {
          throw new IllegalArgumentException("a row packed in place needs its stored bytes");
        }
        int i = 1;
        statement.setString(i++, row.key());
        statement.setBytes(i++, row.storedBytes());
        statement.setLong(i++, pointer.segmentId());
        statement.setInt(i++, pointer.offset());
        statement.setInt(i++, pointer.length());
        statement.setInt(i, pointer.crc32c());
        statement.addBatch();
      }
      for (int count : statement.executeBatch()) {
        packed += count;
      }
    }
    return packed;
  }

  // The old values are read under the row's lock, as RETURNING shows only the new ones.
  private String packSql() {
    String flag = "bool".equals(table.flagType()) ? "true" : "1";
    return Quoting.fill(
        """
    WITH old AS (
      SELECT m.%1$s AS key, %2$s AS content, m.content_compressed::integer AS flag
      FROM %3$s m
      WHERE m.%1$s = ?%4$s AND %2$s = ? FOR UPDATE),
    packed AS (
      UPDATE %3$s m SET content = NULL, content_compressed = %5$s, content_segment = ?,
        content_offset = ?, content_length = ?, content_crc32c = ?
      FROM old WHERE m.%1$s = old.key
      RETURNING old.key::text AS key, old.content, old.flag, m.content_segment AS segment,
        m.content_offset AS position)
    INSERT INTO %6$s (migration_id, memory_key, content, content_compressed, content_segment,
        content_offset)
    SELECT %7$d, key, content, flag, segment, position FROM packed
    ON CONFLICT (migration_id, memory_key) DO UPDATE SET content = excluded.content,
      content_compressed = excluded.content_compressed,
      content_segment = excluded.content_segment, content_offset = excluded.content_offset""",
        table.key(),
        table.contentBytes("m"),
        table.qualified(),
        keyCast(),
        flag,
        table.qualified("whimbrel_undo"),
        migrationId);
  }

  private String keyCast() {
    return switch (table.layout().keyType()) {
      case INTEGER -> "::text::bigint";
      case UUID -> "::text::uuid";
      case TEXT -> "::text";
    };
  }

  /** Puts old inline values back where the pointer is still the one that packing wrote. */
  long unpack(Connection connection) throws SQLException {
    if (!table.layout().hasPointers()) {
      throw new StoreRefusedException(
          "the table " + TableLayout.TABLE + " has no pointers, so nothing was packed in place");
    }
    String flag =
        "bool".equals(table.flagType()) ? "u.content_compressed <> 0" : "u.content_compressed";
    String sql =
        Quoting.fill(
            """
        WITH undone AS (
          DELETE FROM %1$s u WHERE u.migration_id = %2$d RETURNING u.*)
        UPDATE %3$s m SET content = convert_from(u.content, 'UTF8'), content_compressed = %4$s,
          content_segment = NULL, content_offset = NULL, content_length = NULL,
          content_crc32c = NULL
        FROM undone u
        WHERE m.%5$s = u.memory_key%6$s AND m.content IS NULL
          AND m.content_segment = u.content_segment AND m.content_offset = u.content_offset""",
            table.qualified("whimbrel_undo"),
            migrationId,
            table.qualified(),
            flag,
            table.key(),
            keyCast());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return statement.executeLargeUpdate();
    }
  }
}
