// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.LegacyRow;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Rows of one table in key order; the read transaction ends when it is closed. */
final class PostgresLegacyCursor implements LegacyCursor {

  private final Connection connection;
  private final CopyRows rows;
  private final RowShape shape;
  private final int carriedFields;
  private @Nullable BinaryRow current;
  private @Nullable Row row;

  PostgresLegacyCursor(Connection connection, MemoriesTable table, String condition)
      throws SQLException {
    this.connection = connection;
    this.carriedFields = table.layout().carriedColumns().size();
    this.shape = RowShape.after(carriedFields, table);
    this.rows =
        new CopyRows(
            connection,
            "SELECT "
                + RangeSql.rowList(table, "m")
                + " FROM "
                + table.qualified()
                + " m WHERE "
                + condition
                + " ORDER BY m."
                + table.key());
  }

  @Override
  public boolean next() throws SQLException {
    row = null;
    current = rows.next();
    return current != null;
  }

  @Override
  public long contentBytes() {
    return current == null ? 0 : current.messageBytes();
  }

  // Its parts alone are kept: a row as it came may hold a content of 100 MB a second time.
  @Override
  public LegacyRow row() {
    if (row == null) {
      BinaryRow fields = current;
      if (fields == null) {
        throw new IllegalStateException("no current row");
      }
      row =
          new Row(
              shape.key(fields),
              shape.content(fields),
              fields.image(0, carriedFields),
              shape.flagImage(fields));
      current = null;
    }
    return row;
  }

  private record Row(String key, StoredContent content, byte[] carriedImage, byte[] flagImage)
      implements LegacyRow {
    @Override
    public byte[] inlineImage() {
      byte[] bytes = content.bytes();
      int length = bytes == null ? 0 : bytes.length;
      ByteBuffer image = ByteBuffer.allocate(Integer.BYTES + length + flagImage.length);
      image.putInt(bytes == null ? -1 : length);
      if (bytes != null) {
        image.put(bytes);
      }
      return image.put(flagImage).array();
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      rows.close();
    } finally {
      connection.rollback();
    }
  }
}
