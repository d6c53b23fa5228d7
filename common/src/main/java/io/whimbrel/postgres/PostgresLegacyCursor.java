// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.LegacyRow;
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
    current = rows.next();
    return current != null;
  }

  @Override
  public long contentBytes() {
    return current == null ? 0 : current.messageBytes();
  }

  @Override
  public LegacyRow row() {
    if (current == null) {
      throw new IllegalStateException("no current row");
    }
    return new Row(current, shape, carriedFields);
  }

  private record Row(BinaryRow fields, RowShape shape, int carriedFields) implements LegacyRow {
    @Override
    public String key() {
      return shape.key(fields);
    }

    @Override
    public StoredContent content() {
      return shape.content(fields);
    }

    @Override
    public byte[] carriedImage() {
      return fields.image(0, carriedFields);
    }

    @Override
    public byte[] inlineImage() {
      return shape.inlineImage(fields);
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
