// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.store.TableLayout;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statement behind a comparison. Fields: copied, columns equal, inline equal, the pointer's
 * four, the segment's five (null when the row before had the same segment), then the legacy row.
 */
final class ComparisonSql {

  static final int COPIED = 0;
  static final int COLUMNS_EQUAL = 1;
  static final int INLINE_EQUAL = 2;
  static final int POINTER = 3;
  static final int SEGMENT = 7;
  static final int LEGACY = 12;

  /** Larger segments are fetched on their own, so that no row outgrows a message. */
  private static final int INLINE_SEGMENT_BYTES_MAX = 8 << 20;

  private static final String SEGMENT_COLUMN = Quoting.identifier(TableLayout.SEGMENT);

  private ComparisonSql() {}

  // Bounds are said of both tables: the server draws no such conclusion from equal keys, and would
  // read the whole other table for every range.

  static String rows(MemoriesTable table, String copyTable, KeyRange keys) {
    String newSegment =
        "(c."
            + SEGMENT_COLUMN
            + " IS DISTINCT FROM lag(c."
            + SEGMENT_COLUMN
            + ") OVER (ORDER BY m."
            + table.key()
            + ") AND s.raw_size <= "
            + INLINE_SEGMENT_BYTES_MAX
            + ")";
    return "SELECT c."
        + table.key()
        + " IS NOT NULL, "
        + equal(table.layout().carriedColumns(), "m", "c")
        + ", "
        + equal(table.inlineColumns(), "m", "c")
        + ", "
        + MemoriesTable.columns(
            "c",
            List.of(
                TableLayout.SEGMENT, TableLayout.OFFSET, TableLayout.LENGTH, TableLayout.CRC32C))
        + List.of("segment_id", "dictionary_id", "raw_size", "memory_count", "body").stream()
            .map(column -> ", CASE WHEN " + newSegment + " THEN s." + column + " END")
            .collect(Collectors.joining())
        + ", "
        + RangeSql.contentList(table, "m")
        + " FROM "
        + table.qualified()
        + " m LEFT JOIN "
        + copyTable
        + " c ON c."
        + table.key()
        + " = m."
        + table.key()
        + " AND "
        + RangeSql.within(table, "c", keys)
        + " LEFT JOIN "
        + table.qualified(TableLayout.SEGMENTS_TABLE)
        + " s ON s.segment_id = c."
        + SEGMENT_COLUMN
        + " WHERE "
        + RangeSql.within(table, "m", keys)
        + " ORDER BY m."
        + table.key();
  }

  static String extraCopies(MemoriesTable table, String copyTable, KeyRange keys) {
    return "SELECT count(*) FROM "
        + copyTable
        + " c WHERE "
        + RangeSql.within(table, "c", keys)
        + " AND NOT EXISTS (SELECT FROM "
        + table.qualified()
        + " m WHERE m."
        + table.key()
        + " = c."
        + table.key()
        + " AND "
        + RangeSql.within(table, "m", keys)
        + ")";
  }

  /**
   * Equality of the stored bytes, which every type has; where those differ, equality of the text
   * that a dump would write, for types whose stored form is not unique.
   */
  static String equal(List<String> columns, String left, String right) {
    String texts =
        columns.stream()
            .map(Quoting::identifier)
            .map(
                name ->
                    Quoting.fill(
                        "%s.%s::text IS NOT DISTINCT FROM %s.%s::text COLLATE \"C\"",
                        left, name, right, name))
            .collect(Collectors.joining(" AND "));
    return "CASE WHEN ROW("
        + MemoriesTable.columns(left, columns)
        + ")::record OPERATOR(pg_catalog.*=) ROW("
        + MemoriesTable.columns(right, columns)
        + ")::record THEN true ELSE "
        + texts
        + " END";
  }
}
