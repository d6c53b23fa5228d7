// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static io.whimbrel.reader.Dialect.quote;

import io.whimbrel.store.Column;
import io.whimbrel.store.TableLayout;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements for one definition of the table, made once. */
final class RowSql {

  /** The log that the capture triggers write, also after the swap. */
  static final String CHANGES = "whimbrel_changes";

  /** Pointer columns, in the order in which {@link Snapshot} reads them. */
  private static final String POINTER =
      "m.content_segment, m.content_offset, m.content_length, m.content_crc32c";

  private static final String SEGMENT =
      ", s.segment_id, s.dictionary_id, s.raw_size, s.memory_count, s.body";

  /** A larger segment is read on demand. Writers aim at 32 to 128 KiB. */
  private static final int SEGMENT_AT_ONCE_MAX = 256 * 1024;

  private final Dialect dialect;
  private final String qualifier;
  private final TableLayout layout;
  private final long stamp;
  private final List<String> names;
  private final List<Column> columns;
  private final String select;
  private final String one;
  private final String oneWithSegment;
  private final String firstPage;
  private final String nextPage;

  /**
   * @param stamp names the definition, see {@link Dialect#begin}
   * @param look counts the looks at the table: no two have a text in common, since the driver would
   *     take up the plan of the look before, which the server refuses when a type has changed
   */
  RowSql(Dialect dialect, String qualifier, TableLayout layout, long stamp, int look) {
    this.dialect = dialect;
    this.qualifier = qualifier;
    this.layout = layout;
    this.stamp = stamp;
    this.names = layout.applicationColumns();
    this.columns =
        layout.columns().stream()
            .filter(column -> names.contains(column.name()))
            .filter(column -> !column.name().equals(TableLayout.CONTENT))
            .toList();
    this.select = "/* look " + look + " */ SELECT ";
    String only = " WHERE " + key() + " = ?";
    this.one = select(columns, "", "") + only;
    this.oneWithSegment =
        select(columns, SEGMENT, segmentJoin() + " AND s.raw_size <= " + SEGMENT_AT_ONCE_MAX)
            + only;
    String order = " ORDER BY " + key() + " LIMIT ?";
    this.firstPage = select(columns, "", "") + order;
    this.nextPage = select(columns, "", "") + " WHERE " + key() + " > ?" + order;
  }

  Dialect dialect() {
    return dialect;
  }

  String qualifier() {
    return qualifier;
  }

  TableLayout layout() {
    return layout;
  }

  long stamp() {
    return stamp;
  }

  /** The application's columns in table order, the content among them. */
  List<String> names() {
    return names;
  }

  /** The application's columns but the content, in table order. */
  List<Column> columns() {
    return columns;
  }

  /** Flag and size, as far as the table has them. */
  List<Column> contentColumns() {
    return columns.stream()
        .filter(
            column ->
                column.name().equals(TableLayout.FLAG) || column.name().equals(TableLayout.SIZE))
        .toList();
  }

  String table() {
    return qualifier + quote(layout.table());
  }

  String other(String table) {
    return qualifier + quote(table);
  }

  private String key() {
    return "m." + quote(layout.keyColumn());
  }

  /**
   * Rows with their columns; the first two parameters are the longest content, in bytes, that is to
   * come with its row.
   */
  private String select(List<Column> columns, String more, String join) {
    String values =
        columns.stream()
            .map(column -> dialect.valueExpression("m." + quote(column.name()), column) + ", ")
            .collect(Collectors.joining());
    return select
        + dialect.keyExpression(key())
        + ", "
        + dialect.stampExpression()
        + ", "
        + values
        + dialect.storageClassExpression("m.content")
        + ", CASE WHEN octet_length(m.content) <= ? THEN 1 ELSE 0 END"
        + ", CASE WHEN octet_length(m.content) <= ? THEN m.content END"
        + (layout.hasPointers() ? ", " + POINTER + more : "")
        + " FROM "
        + table()
        + " m"
        + (layout.hasPointers() ? join : "");
  }

  private String segmentJoin() {
    return " LEFT JOIN "
        + other(TableLayout.SEGMENTS_TABLE)
        + " s ON m.content IS NULL AND s.segment_id = m.content_segment";
  }

  /** Parameters: two lengths, then the key. */
  String one(boolean withSegment) {
    return withSegment ? oneWithSegment : one;
  }

  /** The next rows in key order; parameters: two lengths, the key before unless null, the limit. */
  String page(@Nullable String after) {
    return after == null ? firstPage : nextPage;
  }

  /** As {@link #page}, with rows that are not packed only, and without the other columns. */
  String inlinePage(@Nullable String after) {
    String unpacked =
        layout.hasPointers() ? "(m.content IS NOT NULL OR m.content_segment IS NULL)" : "1 = 1";
    return select(contentColumns(), "", "")
        + " WHERE "
        + (after == null ? "" : key() + " > ? AND ")
        + unpacked
        + " ORDER BY "
        + key()
        + " LIMIT ?";
  }

  /**
   * A row's content wherever it is: storage class, content, flag, size, pointer and segment, in one
   * statement; parameter: the key.
   */
  String content() {
    return select
        + dialect.storageClassExpression("m.content")
        + ", m.content, "
        + (layout.hasFlag() ? "m." + TableLayout.FLAG : "NULL")
        + ", "
        + (layout.hasSize() ? "m." + TableLayout.SIZE : "NULL")
        + (layout.hasPointers() ? ", " + POINTER + SEGMENT : "")
        + " FROM "
        + table()
        + " m"
        + (layout.hasPointers() ? segmentJoin() : "")
        + " WHERE "
        + key()
        + " = ?";
  }

  String segment() {
    return "SELECT segment_id, dictionary_id, raw_size, memory_count, body FROM "
        + other(TableLayout.SEGMENTS_TABLE)
        + " WHERE segment_id = ?";
  }

  String dictionary() {
    return "SELECT body FROM " + other(TableLayout.DICTIONARIES_TABLE) + " WHERE dictionary_id = ?";
  }

  String chunks() {
    return "SELECT * FROM "
        + other(TableLayout.CHUNKS_TABLE)
        + " WHERE memory_id = ? ORDER BY chunk_index";
  }

  /** Every live pointer, the pointers of a segment together and in the order of their places. */
  String pointers() {
    return "SELECT "
        + dialect.keyExpression(key())
        + ", "
        + POINTER
        + " FROM "
        + table()
        + " m WHERE m.content IS NULL AND m.content_segment IS NOT NULL"
        + " ORDER BY m.content_segment, m.content_offset";
  }

  String segmentIds() {
    return "SELECT segment_id FROM " + other(TableLayout.SEGMENTS_TABLE) + " ORDER BY segment_id";
  }

  /** Keys of a retained table that neither the table has nor the log of changes since the swap. */
  String lostKeys(String retained, boolean hasLog) {
    String column = quote(layout.keyColumn());
    return "SELECT "
        + dialect.keyExpression("l." + column)
        + " FROM "
        + retained
        + " l WHERE NOT EXISTS (SELECT 1 FROM "
        + table()
        + " m WHERE m."
        + column
        + " = l."
        + column
        + ")"
        + (hasLog ? " EXCEPT SELECT memory_key FROM " + other(CHANGES) : "");
  }

  /** Whether the log says that all rows went at once, without their keys. */
  String truncated() {
    return "SELECT 1 FROM " + other(CHANGES) + " WHERE memory_key IS NULL LIMIT 1";
  }
}
