// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.legacy.StorageClass;
import io.whimbrel.legacy.StoredContent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Reads what a row of the copy holds inline, each in a short transaction. */
final class CopyInline {

  private final Connection connection;
  private final String query;

  CopyInline(Connection connection, MemoriesTable table, long migrationId) {
    this.connection = connection;
    this.query =
        Quoting.fill(
            "SELECT %s, (%s) IS TRUE, %s FROM %s c WHERE c.%s = %s",
            table.contentBytes("c"),
            table.flagged("c"),
            RangeSql.sizeAndChunks(table, "c"),
            MemoriesTable.copyTable(migrationId),
            table.key(),
            table.keyOf("?::text"));
  }

  StoredContent read(String key) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(query)) {
      select.setString(1, key);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("the copy of memory " + key + " is gone");
        }
        byte[] bytes = row.getBytes(1);
        long size = row.getLong(3);
        Long sizeOrNull = row.wasNull() ? null : size;
        String chunks = row.getString(4);
        return StoredContent.of(
            bytes,
            bytes == null ? StorageClass.NULL : StorageClass.TEXT,
            row.getBoolean(2),
            sizeOrNull,
            () -> chunks == null ? List.of() : RowShape.chunks(chunks));
      }
    } finally {
      connection.rollback();
    }
  }
}
