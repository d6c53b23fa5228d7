// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.legacy.Chunk;
import io.whimbrel.legacy.StorageClass;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.KeyType;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.LegacyRow;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** Rows of a range in one read transaction. */
final class SqliteLegacyCursor implements LegacyCursor {

  private static final byte[] NOTHING = {};

  private final Connection reader;
  private final TableLayout layout;
  private final ReadTransaction transaction;
  private final PreparedStatement select;
  private final ResultSet rows;

  /** Sets the parameters of the statement that selects the rows. */
  interface Parameters {
    void bind(PreparedStatement select) throws SQLException;
  }

  SqliteLegacyCursor(
      Connection reader, Lock reading, TableLayout layout, String sql, Parameters parameters)
      throws SQLException {
    this.reader = reader;
    this.layout = layout;
    this.transaction = ReadTransaction.begin(reader, reading);
    boolean opened = false;
    try {
      this.select = reader.prepareStatement(sql);
      parameters.bind(select);
      this.rows = select.executeQuery();
      opened = true;
    } finally {
      if (!opened) {
        transaction.close();
      }
    }
  }

  static void bind(PreparedStatement statement, KeyRange keys, KeyType type) throws SQLException {
    int index = 1;
    if (keys.lower() != null) {
      Sqlite.bindKey(statement, index++, type, keys.lower());
    }
    Sqlite.bindKey(statement, index, type, keys.upper());
  }

  @Override
  public boolean next() throws SQLException {
    return rows.next();
  }

  @Override
  public long contentBytes() throws SQLException {
    return rows.getLong(6);
  }

  @Override
  public LegacyRow row() throws SQLException {
    String key = Sqlite.key(rows, 1, layout.keyType());
    if (key == null) {
      throw new SQLException("a row of `memories` has no key");
    }
    return new Row(key, storedContent(reader, layout, rows, key, 2));
  }

  private record Row(String key, StoredContent content) implements LegacyRow {
    @Override
    public byte[] carriedImage() {
      return NOTHING;
    }

    @Override
    public byte[] inlineImage() {
      return NOTHING;
    }
  }

  /** Reads storage class, content, flag and size from four columns that follow each other. */
  static StoredContent storedContent(
      Connection reader, TableLayout layout, ResultSet rows, String key, int first)
      throws SQLException {
    StorageClass storageClass =
        StorageClass.valueOf(rows.getString(first).toUpperCase(Locale.ROOT));
    byte @Nullable [] bytes = storageClass == StorageClass.NULL ? null : rows.getBytes(first + 1);
    if (bytes == null && storageClass != StorageClass.NULL) {
      bytes = NOTHING;
    }
    boolean flag = rows.getInt(first + 2) != 0;
    long size = rows.getLong(first + 3);
    boolean hasSize = !rows.wasNull();
    return StoredContent.of(
        bytes,
        storageClass,
        flag,
        hasSize ? size : null,
        () -> layout.hasChunks() ? chunks(reader, layout.keyType(), key) : List.of());
  }

  private static List<Chunk> chunks(Connection reader, KeyType type, String key) {
    try (PreparedStatement select =
        reader.prepareStatement(
            RowStatements.selectChunks(
                SqliteSchema.columnNames(reader, TableLayout.CHUNKS_TABLE)))) {
      Sqlite.bindKey(select, 1, type, key);
      try (ResultSet row = select.executeQuery()) {
        List<Chunk> chunks = new ArrayList<>();
        while (row.next()) {
          byte[] data = row.getBytes(2);
          chunks.add(
              new Chunk(
                  row.getLong(1),
                  data == null ? NOTHING : data,
                  row.getString(3),
                  row.getString(4),
                  row.getBoolean(5)));
        }
        return chunks;
      }
    } catch (SQLException e) {
      throw new ChunkReadException("reading the chunks of memory " + key, e);
    }
  }

  /** Carries a database error out of a supplier. */
  static final class ChunkReadException extends RuntimeException {
    ChunkReadException(String message, SQLException cause) {
      super(message, cause);
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      rows.close();
      select.close();
    } finally {
      transaction.close();
    }
  }
}
