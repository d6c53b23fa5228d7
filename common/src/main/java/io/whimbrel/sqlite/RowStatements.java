// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.store.TableLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The statements that read, copy and compare rows, built once from the layout. */
final class RowStatements {

  private final TableLayout layout;
  private final String copy;
  private final @Nullable String rowid;
  private final String key;
  private final String flag;
  private final String size;

  RowStatements(TableLayout layout, String copyTable, @Nullable String rowid) {
    this.layout = layout;
    this.copy = quote(copyTable);
    this.rowid = rowid;
    this.key = quote(layout.keyColumn());
    this.flag = layout.hasFlag() ? "m." + TableLayout.FLAG : "NULL";
    this.size = layout.hasSize() ? "m." + TableLayout.SIZE : "NULL";
  }

  private String legacy() {
    return quote(layout.table());
  }

  /** Keys of a range; the lower bound is left out when the range begins with the first key. */
  String where(KeyRange keys, String alias) {
    String column = alias + "." + key;
    return (keys.lower() == null ? "" : column + " > ? AND ") + column + " <= ?";
  }

  private String content(String alias) {
    String column = alias + "." + TableLayout.CONTENT;
    return "typeof(" + column + "), " + column;
  }

  String readLegacy(KeyRange keys) {
    return "SELECT m."
        + key
        + ", "
        + content("m")
        + ", "
        + flag
        + ", "
        + size
        + ", octet_length(m."
        + TableLayout.CONTENT
        + ") FROM "
        + legacy()
        + " m WHERE "
        + where(keys, "m")
        + " ORDER BY m."
        + key;
  }

  /** Rows by the keys of a DELTA range; parameters: migration, range. */
  String readDelta() {
    return "SELECT m."
        + key
        + ", "
        + content("m")
        + ", "
        + flag
        + ", "
        + size
        + ", octet_length(m."
        + TableLayout.CONTENT
        + ") FROM "
        + legacy()
        + " m WHERE m."
        + key
        // The column stands on the left, so that its own type and collation compare.
        + " IN (SELECT memory_key FROM whimbrel_range_keys WHERE migration_id = ? AND range_id = ?)"
        + " ORDER BY m."
        + key;
  }

  String readInline(KeyRange keys) {
    return readLegacy(keys).replace(" m WHERE ", " m WHERE " + inline(layout) + " AND ");
  }

  /**
   * A row in the new format whose content is inline and can be packed. What an earlier run found
   * undecodable stays as it is: it has been counted as failed once.
   */
  static String inline(TableLayout layout) {
    return "m.content IS NOT NULL AND NOT ((coalesce(m.content_compressed, 0) <> 0 OR"
        + " typeof(m.content) <> 'text') AND CAST(m."
        + quote(layout.keyColumn())
        + " AS TEXT) IN (SELECT memory_key FROM whimbrel_failures WHERE severity = 'QUARANTINE'))";
  }

  private List<String> carried() {
    return carried(layout, rowid);
  }

  /** The quoted names of the columns that are carried value for value. */
  static List<String> carried(TableLayout layout, @Nullable String rowid) {
    List<String> carried = new ArrayList<>();
    if (rowid != null) {
      carried.add(rowid);
    }
    layout.carriedColumns().forEach(name -> carried.add(quote(name)));
    return carried;
  }

  /**
   * Copies one row inside the database; parameters: [size,] segment, offset, length, crc, key. A
   * row that meets another row's value in a unique index is left out.
   */
  String insertPacked() {
    return "INSERT INTO "
        + copy
        + " ("
        + String.join(", ", carried())
        + ", content, content_compressed"
        + (layout.hasSize() ? "" : ", content_size")
        + ", content_segment, content_offset, content_length, content_crc32c) SELECT "
        + String.join(", ", carried())
        + ", NULL, 1"
        + (layout.hasSize() ? "" : ", ?")
        + ", ?, ?, ?, ? FROM "
        + legacy()
        + " WHERE "
        + key
        + " = ? ON CONFLICT DO NOTHING";
  }

  /** Copies many packed rows by one statement. */
  String insertAllPacked(int rows) {
    return PackedRowsInsert.text(layout, copy, carried(), rows);
  }

  /** Copies the first row as if it were packed, to see whether the definition allows it. */
  String rehearsal() {
    return "INSERT INTO "
        + copy
        + " ("
        + String.join(", ", carried())
        + ", content, content_compressed, content_segment, content_offset, content_length,"
        + " content_crc32c) SELECT "
        + String.join(", ", carried())
        + ", NULL, 1, 1, 0, 0, 0 FROM "
        + legacy()
        + " LIMIT 1";
  }

  /**
   * Copies one row with its content exactly as stored; parameters: [size,] key. A row that meets
   * another row's value in a unique index is left out.
   */
  String insertInline() {
    return insertAsStored("?") + " WHERE " + key + " = ? ON CONFLICT DO NOTHING";
  }

  /** Copies all rows whose keys are in the change log, exactly as stored. */
  String carryInline() {
    return insertAsStored("length(content)") + " WHERE " + key + " IN (" + CHANGED_KEYS + ")";
  }

  private String insertAsStored(String codePoints) {
    return "INSERT INTO "
        + copy
        + " ("
        + String.join(", ", carried())
        + ", content, content_compressed"
        + (layout.hasSize() ? "" : ", content_size")
        + ") SELECT "
        + String.join(", ", carried())
        + ", content, "
        + (layout.hasFlag() ? TableLayout.FLAG : "0")
        + (layout.hasSize() ? "" : ", " + codePoints)
        + " FROM "
        + legacy();
  }

  static final String CHANGED_KEYS =
      "SELECT memory_key FROM " + SqliteCapture.LOG + " WHERE memory_key IS NOT NULL";

  /** Puts the key of a legacy row into the change log; parameter: key. */
  String logKey() {
    return "INSERT INTO "
        + SqliteCapture.LOG
        + " (memory_key) SELECT "
        + key
        + " FROM "
        + legacy()
        + " WHERE "
        + key
        + " = ?";
  }

  /** Takes rows out of the copy by a list of keys. */
  String deleteCopies(String keys) {
    return "DELETE FROM " + copy + " WHERE " + key + " IN (" + keys + ")";
  }

  /** Takes rows out of the copy that the legacy table does not have. */
  String deleteOrphans() {
    return "DELETE FROM "
        + copy
        + " WHERE NOT EXISTS (SELECT 1 FROM "
        + legacy()
        + " m WHERE m."
        + key
        + " = "
        + copy
        + "."
        + key
        + ")";
  }

  /**
   * Sets the keys of a range up to a bound aside, under another range id; parameters: new range id,
   * migration, range id, bound, bound. The tables' own columns compare, by their type and
   * collation; a key that neither table has needs nothing done, now or later.
   */
  String setAside() {
    return String.format(
        Locale.ROOT,
        "UPDATE whimbrel_range_keys SET range_id = ? WHERE migration_id = ? AND range_id = ? AND"
            + " (EXISTS (SELECT 1 FROM %2$s m WHERE m.%1$s = memory_key AND m.%1$s <= ?) OR EXISTS"
            + " (SELECT 1 FROM %3$s c WHERE c.%1$s = memory_key AND c.%1$s <= ?))",
        key,
        legacy(),
        copy);
  }

  /** Keys whose rows may differ, because they wait to be brought up to date. */
  private static String pendingKeys(long migrationId) {
    return CHANGED_KEYS
        + " UNION ALL SELECT memory_key FROM whimbrel_range_keys WHERE migration_id = "
        + migrationId;
  }

  /** Keys of legacy rows in a range that wait to be brought up to date. */
  String pendingIn(KeyRange keys, long migrationId) {
    return "SELECT m."
        + key
        + " FROM "
        + legacy()
        + " m WHERE "
        + where(keys, "m")
        + " AND m."
        + key
        + " IN ("
        + pendingKeys(migrationId)
        + ")";
  }

  /** Counts copies in a range that have no legacy row and wait for nothing. */
  String countExtraCopies(KeyRange keys, long migrationId) {
    return String.format(
        Locale.ROOT,
        "SELECT count(*) FROM %2$s c WHERE %4$s AND NOT EXISTS (SELECT 1 FROM %3$s m WHERE m.%1$s ="
            + " c.%1$s) AND c.%1$s NOT IN (%5$s)",
        key,
        copy,
        legacy(),
        where(keys, "c"),
        pendingKeys(migrationId));
  }

  /** Legacy rows beside their copies. */
  String compare(KeyRange keys) {
    String columnsEqual = all(carried().stream().map(RowStatements::same).toList());
    String inlineEqual =
        same(TableLayout.CONTENT) + (layout.hasFlag() ? " AND " + same(TableLayout.FLAG) : "");
    return "SELECT m."
        + key
        + ", "
        + content("m")
        + ", "
        + flag
        + ", "
        + size
        + ", c."
        + key
        + " IS NOT NULL, "
        + columnsEqual
        + ", "
        + inlineEqual
        + ", c.content IS NULL AND c.content_segment IS NOT NULL, c.content_segment,"
        + " c.content_offset, c.content_length, c.content_crc32c, octet_length(m.content) FROM "
        + legacy()
        + " m LEFT JOIN "
        + copy
        + " c ON c."
        + key
        + " = m."
        + key
        + " WHERE "
        + where(keys, "m")
        + " ORDER BY m."
        + key;
  }

  /** What the copy of one key holds inline, as {@link #compare} has the legacy row's. */
  String copyInline() {
    return "SELECT "
        + content("c")
        + ", "
        + flag.replace("m.", "c.")
        + ", "
        + size.replace("m.", "c.")
        + " FROM "
        + copy
        + " c WHERE c."
        + key
        + " = ?";
  }

  String countCopies(KeyRange keys) {
    return "SELECT count(*) FROM " + copy + " c WHERE " + where(keys, "c");
  }

  // In halves: SQLite bounds the depth of an expression, and a chain is as deep as it is long.
  static String all(List<String> conditions) {
    int half = conditions.size() / 2;
    return conditions.size() == 1
        ? conditions.get(0)
        : "("
            + all(conditions.subList(0, half))
            + " AND "
            + all(conditions.subList(half, conditions.size()))
            + ")";
  }

  private static String same(String column) {
    return same("m", "c", column);
  }

  // IS knows NULL; the collation of a column must not make different texts equal.
  static String same(String one, String other, String column) {
    return String.format(
        Locale.ROOT,
        "(%2$s.%1$s IS %3$s.%1$s COLLATE BINARY AND typeof(%2$s.%1$s) = typeof(%3$s.%1$s))",
        column,
        one,
        other);
  }

  /** Index, data, type, metadata, and whether the data is text; not every table has them all. */
  static String selectChunks(Set<String> columns) {
    return "SELECT chunk_index, chunk_data, "
        + (columns.contains("compression_type") ? "compression_type" : "NULL")
        + ", "
        + (columns.contains("chunk_metadata") ? "chunk_metadata" : "NULL")
        + ", typeof(chunk_data) IN ('text', 'null') FROM memory_chunks WHERE memory_id = ? ORDER BY"
        + " chunk_index"
        + (columns.contains("id") ? ", id" : "");
  }

  // By bytes: text that is not UTF-8 is changed when it goes through a string, and a collation may
  // take another text for the same.
  private static final String STILL_THE_SAME = "content IS CAST(? AS TEXT) COLLATE BINARY";

  /**
   * Keeps the old inline values; parameters: migration, key text, segment, offset, key, content.
   */
  String insertUndo() {
    return "INSERT INTO whimbrel_undo (migration_id, memory_key, content, content_compressed,"
        + " content_segment, content_offset) SELECT ?, ?, content, content_compressed, ?, ? FROM "
        + legacy()
        + " WHERE "
        + key
        + " = ? AND "
        + STILL_THE_SAME
        + " ON CONFLICT (migration_id, memory_key) DO UPDATE SET content ="
        + " excluded.content, content_compressed = excluded.content_compressed, content_segment ="
        + " excluded.content_segment, content_offset = excluded.content_offset";
  }

  /** Packs one row where it is; parameters: segment, offset, length, crc, key, content. */
  String packInPlace() {
    return "UPDATE "
        + legacy()
        + " SET content = NULL, content_compressed = 1, content_segment = ?, content_offset = ?,"
        + " content_length = ?, content_crc32c = ? WHERE "
        + key
        + " = ? AND "
        + STILL_THE_SAME;
  }
}
