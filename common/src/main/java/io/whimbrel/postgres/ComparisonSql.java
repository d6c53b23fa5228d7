// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.store.TableLayout;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statement behind a comparison. Fields: copied, columns equal, inline equal, the pointer's
 * four, the segment's five (with the segment's first memory only), then the legacy row.
 *
 * <p>Long contents are stored out of line, and comparing them as they stand loads them: packed rows
 * are spared that, since their content is compared by whoever reads the rows.
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
    return Quoting.fill(
        """
        SELECT c.%1$s IS NOT NULL, %2$s,
          CASE WHEN %3$s THEN false ELSE %4$s END,
          CASE WHEN %3$s THEN c.%5$s END, %6$s,
          s.segment_id, s.dictionary_id, s.raw_size, s.memory_count, s.body, %7$s
        FROM %8$s m
        LEFT JOIN %9$s c ON c.%1$s = m.%1$s AND %10$s
        LEFT JOIN LATERAL (SELECT * FROM %11$s one WHERE one.segment_id = c.%5$s
          AND c.%12$s = 0 AND one.raw_size <= %13$d OFFSET 0) s ON true
        WHERE %14$s ORDER BY m.%1$s""",
        table.key(),
        equal(table.layout().carriedColumns(), "m", "c"),
        "(c.content IS NULL AND c." + SEGMENT_COLUMN + " IS NOT NULL)",
        equal(table.inlineColumns(), "m", "c"),
        SEGMENT_COLUMN,
        MemoriesTable.columns(
            "c", List.of(TableLayout.OFFSET, TableLayout.LENGTH, TableLayout.CRC32C)),
        RangeSql.contentList(table, "m"),
        table.qualified(),
        copyTable,
        RangeSql.within(table, "c", keys),
        table.qualified(TableLayout.SEGMENTS_TABLE),
        Quoting.identifier(TableLayout.OFFSET),
        INLINE_SEGMENT_BYTES_MAX,
        RangeSql.within(table, "m", keys));
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
