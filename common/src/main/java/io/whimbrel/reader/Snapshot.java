// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static java.util.Objects.requireNonNullElse;

import io.whimbrel.format.Dictionary;
import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.legacy.Chunk;
import io.whimbrel.legacy.StorageClass;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.Column;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot of the store, while its transaction is open, or one for each query: see {@link
 * Snapshots}. Belongs to one thread.
 */
final class Snapshot {

  private static final byte[] NOTHING = {};

  private final Connection connection;
  private final RowSql sql;
  private final Dialect dialect;

  Snapshot(Connection connection, RowSql sql) {
    this.connection = connection;
    this.sql = sql;
    this.dialect = sql.dialect();
  }

  Connection connection() {
    return connection;
  }

  RowSql sql() {
    return sql;
  }

  TableLayout layout() {
    return sql.layout();
  }

  /**
   * A row with its content, if that is inline.
   *
   * @param withSegment whether a packed one's segment is to come along
   */
  Optional<MemoryRow> one(String key, boolean withSegment) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql.one(withSegment))) {
      select.setInt(1, Integer.MAX_VALUE);
      select.setInt(2, Integer.MAX_VALUE);
      if (!dialect.bindKey(select, 3, layout().keyType(), key)) {
        return Optional.empty();
      }
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        MemoryRow found = row(row, sql.columns());
        // After key, stamp, values, three columns of the content and four of the pointer.
        int segment = sql.columns().size() + 10;
        return Optional.of(
            withSegment && layout().hasPointers() && !isNull(row, segment)
                ? found.withSegment(segment(row, segment))
                : found);
      }
    }
  }

  List<MemoryRow> page(@Nullable String after, int rowsMax, int contentBytesMax)
      throws SQLException {
    return page(sql.page(after), sql.columns(), after, rowsMax, contentBytesMax);
  }

  List<MemoryRow> inlinePage(@Nullable String after, int rowsMax, int contentBytesMax)
      throws SQLException {
    return page(sql.inlinePage(after), sql.contentColumns(), after, rowsMax, contentBytesMax);
  }

  private List<MemoryRow> page(
      String query, List<Column> columns, @Nullable String after, int rowsMax, int contentBytesMax)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(query)) {
      select.setInt(1, contentBytesMax);
      select.setInt(2, contentBytesMax);
      int index = 3;
      if (after != null && !dialect.bindKey(select, index++, layout().keyType(), after)) {
        throw new IllegalArgumentException("no key of this store: " + after);
      }
      select.setInt(index, rowsMax);
      try (ResultSet row = select.executeQuery()) {
        List<MemoryRow> rows = new ArrayList<>();
        while (row.next()) {
          rows.add(row(row, columns));
        }
        return rows;
      }
    }
  }

  private MemoryRow row(ResultSet row, List<Column> columns) throws SQLException {
    if (row.getLong(2) != sql.stamp()) {
      throw new DefinitionChangedException();
    }
    String key = dialect.key(row, 1, layout().keyType());
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    int index = 3;
    for (Column column : columns) {
      values.put(column.name(), dialect.value(row, index++));
    }
    return new MemoryRow(
        key, sql.names(), Collections.unmodifiableMap(values), place(row, index, values));
  }

  private ContentPlace place(ResultSet row, int first, Map<String, @Nullable Object> values)
      throws SQLException {
    StorageClass storageClass = storageClass(row, first);
    if (storageClass == StorageClass.NULL) {
      if (!layout().hasPointers() || isNull(row, first + 3)) {
        return new ContentPlace.Inline(
            new StoredContent(null, StorageClass.NULL, false, null, List::of));
      }
      Pointer pointer = pointer(row, first + 3);
      return pointer == null ? new ContentPlace.Deferred() : new ContentPlace.Packed(pointer, null);
    }
    if (row.getInt(first + 1) == 0) {
      return new ContentPlace.Deferred();
    }
    byte[] bytes = requireNonNullElse(row.getBytes(first + 2), NOTHING);
    boolean flag = isSet(values.get(TableLayout.FLAG));
    if (bytes.length == 0 && flag && layout().hasChunks()) {
      return new ContentPlace.Deferred();
    }
    Long size = size(values.get(TableLayout.SIZE));
    return new ContentPlace.Inline(new StoredContent(bytes, storageClass, flag, size, List::of));
  }

  private static StorageClass storageClass(ResultSet row, int index) throws SQLException {
    String name = row.getString(index);
    return name.equals("text")
        ? StorageClass.TEXT
        : StorageClass.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private static boolean isNull(ResultSet row, int index) throws SQLException {
    return row.getObject(index) == null;
  }

  /** The pointer in four columns that follow each other, or null when it leads nowhere. */
  static @Nullable Pointer pointer(ResultSet row, int first) throws SQLException {
    if (row.getObject(first) instanceof Number segment
        && row.getObject(first + 1) instanceof Number offset
        && row.getObject(first + 2) instanceof Number length
        && row.getObject(first + 3) instanceof Number crc32c) {
      try {
        return new Pointer(
            segment.longValue(), offset.intValue(), length.intValue(), crc32c.intValue());
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    return null;
  }

  private static boolean isSet(@Nullable Object flag) {
    return flag instanceof Boolean set ? set : flag instanceof Number n && n.longValue() != 0;
  }

  private static @Nullable Long size(@Nullable Object size) {
    return size instanceof Number number ? (Long) number.longValue() : null;
  }

  /**
   * What a row says of its content, and the segment it names.
   *
   * @param stored as in the row; NULL when the content is packed or absent
   * @param packed whether the content is in a segment
   * @param pointer null when the row is not packed, or its pointer leads nowhere
   * @param segment null when it is missing
   */
  record FullContent(
      StoredContent stored, boolean packed, @Nullable Pointer pointer, @Nullable Segment segment) {}

  /** The content of a row, with all that is needed to read it; empty when the row is gone. */
  Optional<FullContent> content(String key) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql.content())) {
      if (!dialect.bindKey(select, 1, layout().keyType(), key)) {
        return Optional.empty();
      }
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(content(row, key)) : Optional.empty();
      }
    }
  }

  private FullContent content(ResultSet row, String key) throws SQLException {
    StorageClass storageClass = storageClass(row, 1);
    boolean flag = isSet(row.getObject(3));
    Long size = size(row.getObject(4));
    if (storageClass != StorageClass.NULL) {
      byte[] bytes = requireNonNullElse(row.getBytes(2), NOTHING);
      List<Chunk> chunks =
          bytes.length == 0 && flag && layout().hasChunks() ? chunks(key) : List.of();
      return new FullContent(
          new StoredContent(bytes, storageClass, flag, size, () -> chunks), false, null, null);
    }
    boolean packed = layout().hasPointers() && !isNull(row, 5);
    return new FullContent(
        new StoredContent(null, StorageClass.NULL, flag, size, List::of),
        packed,
        packed ? pointer(row, 5) : null,
        packed && !isNull(row, 9) ? segment(row, 9) : null);
  }

  @Nullable Segment segment(long segmentId) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql.segment())) {
      select.setLong(1, segmentId);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? segment(row, 1) : null;
      }
    }
  }

  private static Segment segment(ResultSet row, int first) throws SQLException {
    int dictionary = row.getInt(first + 1);
    Integer dictionaryId = row.wasNull() ? null : dictionary;
    return new Segment(
        row.getLong(first),
        dictionaryId,
        row.getInt(first + 2),
        row.getInt(first + 3),
        requireNonNullElse(row.getBytes(first + 4), NOTHING));
  }

  @Nullable Dictionary dictionary(int dictionaryId) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql.dictionary())) {
      select.setInt(1, dictionaryId);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? new Dictionary(dictionaryId, requireNonNullElse(row.getBytes(1), NOTHING))
            : null;
      }
    }
  }

  /** A chunk and the id that orders it among chunks of the same index. */
  private record NumberedChunk(long id, Chunk chunk) {}

  // Not every layout has all columns of a chunk, so they are looked up by name.
  private List<Chunk> chunks(String key) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql.chunks())) {
      dialect.bindKey(select, 1, layout().keyType(), key);
      try (ResultSet row = select.executeQuery()) {
        Map<String, Integer> columns = columnIndexes(row.getMetaData());
        List<NumberedChunk> chunks = new ArrayList<>();
        while (row.next()) {
          Integer id = columns.get("id");
          Integer data = columns.get("chunk_data");
          byte[] bytes = data == null ? null : row.getBytes(data);
          chunks.add(
              new NumberedChunk(
                  id != null && row.getObject(id) instanceof Number number ? number.longValue() : 0,
                  new Chunk(
                      row.getLong("chunk_index"),
                      bytes == null ? NOTHING : bytes,
                      text(row, columns.get("compression_type")),
                      text(row, columns.get("chunk_metadata")),
                      data == null || isTextOrNull(row.getObject(data)))));
        }
        return chunks.stream()
            .sorted(
                Comparator.comparingLong((NumberedChunk c) -> c.chunk().index())
                    .thenComparingLong(NumberedChunk::id))
            .map(NumberedChunk::chunk)
            .toList();
      }
    }
  }

  private static boolean isTextOrNull(@Nullable Object value) {
    return value == null || value instanceof String;
  }

  private static Map<String, Integer> columnIndexes(ResultSetMetaData columns) throws SQLException {
    Map<String, Integer> indexes = new HashMap<>();
    for (int index = 1; index <= columns.getColumnCount(); index++) {
      indexes.put(columns.getColumnName(index), index);
    }
    return indexes;
  }

  private static @Nullable String text(ResultSet row, @Nullable Integer index) throws SQLException {
    return index == null ? null : row.getString(index);
  }
}
