// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.util.List;
import java.util.Set;

/**
 * The memories table as it is found: its key, its content columns, and every other column, which is
 * carried value for value. No column list is written down anywhere else.
 *
 * @param schema the schema that holds the table (`main` on SQLite)
 * @param columns every column in table order
 * @param hasFlag whether `content_compressed` exists already
 * @param hasSize whether `content_size` exists already
 * @param hasPointers whether the table has the new format's pointer columns
 * @param hasChunks whether a table `memory_chunks` of the known shape stands beside it
 */
public record TableLayout(
    String schema,
    String table,
    String keyColumn,
    KeyType keyType,
    List<Column> columns,
    boolean hasFlag,
    boolean hasSize,
    boolean hasPointers,
    boolean hasChunks) {

  public static final String TABLE = "memories";
  public static final String CHUNKS_TABLE = "memory_chunks";
  public static final String CONTENT = "content";
  public static final String FLAG = "content_compressed";
  public static final String SIZE = "content_size";
  public static final String SEGMENT = "content_segment";
  public static final String OFFSET = "content_offset";
  public static final String LENGTH = "content_length";
  public static final String CRC32C = "content_crc32c";

  public static final String SEGMENTS_TABLE = "memory_segments";
  public static final String DICTIONARIES_TABLE = "memory_dictionaries";

  private static final Set<String> POINTERS = Set.of(SEGMENT, OFFSET, LENGTH, CRC32C);

  public TableLayout {
    columns = List.copyOf(columns);
  }

  /** Columns that a migration copies unchanged: all but the content, its flag and the pointers. */
  public List<String> carriedColumns() {
    return columns.stream()
        .filter(column -> !column.generated())
        .map(Column::name)
        .filter(name -> !name.equals(CONTENT) && !name.equals(FLAG) && !POINTERS.contains(name))
        .toList();
  }

  /** Columns of the application: all but the pointers, generated ones included. */
  public List<String> applicationColumns() {
    return columns.stream().map(Column::name).filter(name -> !POINTERS.contains(name)).toList();
  }
}
