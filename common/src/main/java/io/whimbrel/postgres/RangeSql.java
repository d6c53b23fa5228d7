// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.store.TableLayout;
import org.jspecify.annotations.Nullable;

/**
 * The select lists and conditions that ranges are read by. A key literal has no type of its own, so
 * that the column's type and collation rule the comparison, as in its index.
 */
final class RangeSql {

  private RangeSql() {}

  static String within(MemoriesTable table, String alias, KeyRange keys) {
    String key = alias + "." + table.key();
    String upper = key + " <= " + Quoting.literal(keys.upper());
    return keys.lower() == null ? upper : above(table, alias, keys.lower()) + " AND " + upper;
  }

  static String above(MemoriesTable table, String alias, @Nullable String lower) {
    return lower == null ? "true" : alias + "." + table.key() + " > " + Quoting.literal(lower);
  }

  /**
   * A row in the new format whose content is inline and can be packed. What an earlier run found
   * undecodable stays as it is: it has been counted as failed once.
   */
  static String inline(MemoriesTable table, String alias) {
    return alias
        + ".content IS NOT NULL AND NOT (("
        + table.flagged(alias)
        + ") IS TRUE AND "
        + alias
        + "."
        + table.key()
        + "::text IN (SELECT f.memory_key FROM "
        + table.qualified("whimbrel_failures")
        + " f WHERE f.severity = 'QUARANTINE'))";
  }

  /**
   * Carried columns, then content and flag, then key text, size and chunks: see {@link RowShape}.
   */
  static String rowList(MemoriesTable table, String alias) {
    return table.carried(alias) + ", " + contentList(table, alias);
  }

  /** Content and flag, then key text, size and chunks. */
  static String contentList(MemoriesTable table, String alias) {
    return table.inline(alias)
        + ", "
        + alias
        + "."
        + table.key()
        + "::text, "
        + sizeAndChunks(table, alias);
  }

  static String sizeAndChunks(MemoriesTable table, String alias) {
    return size(table, alias) + ", " + chunks(table, alias);
  }

  private static String size(MemoriesTable table, String alias) {
    return table.sizeReadable()
        ? alias + "." + Quoting.identifier(TableLayout.SIZE) + "::bigint"
        : "NULL::bigint";
  }

  // In the same statement, so that a memory and its chunks are of one snapshot.
  private static String chunks(MemoriesTable table, String alias) {
    MemoriesTable.Chunks chunks = table.chunks();
    if (chunks == null || table.flagType() == null) {
      return "NULL::text";
    }
    return "CASE WHEN "
        + alias
        + ".content = '' AND "
        + table.flagged(alias)
        + " THEN (SELECT json_agg(json_build_array(k.chunk_index, "
        + (chunks.hasType() ? "k.compression_type" : "NULL")
        + ", k.chunk_data, "
        + (chunks.hasMetadata() ? "k.chunk_metadata::text" : "NULL")
        + ") ORDER BY k.chunk_index, "
        + (chunks.hasId() ? "k.id" : "k.ctid")
        + ")::text FROM "
        + table.qualified(TableLayout.CHUNKS_TABLE)
        + " k WHERE k.memory_id = "
        + alias
        + "."
        + table.key()
        + ") END";
  }
}
