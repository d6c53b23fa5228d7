// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.Column;
import io.whimbrel.store.TableLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statements that bring the retained table up to date with the one that serves, for keys of the
 * log. A retained row keeps its content while the text is the same; an inline content goes as it
 * stands; a packed text that is new has to be unpacked by a client first. Changed rows leave the
 * retained table before they enter it anew, so that unique values can have moved between them.
 */
final class BackSql {

  private static final String KEYS = "pg_temp.whimbrel_back";
  private static final String ROWS = "pg_temp.whimbrel_back_rows";

  private final MemoriesTable table;
  private final String log;
  private final String retained;
  private final String key;

  /**
   * @param table the columns that the retained table has
   */
  BackSql(MemoriesTable table, long migrationId) {
    this.table = table;
    this.log = table.qualified(CaptureSql.LOG);
    this.retained =
        Quoting.identifier(MemoriesTable.legacySchema(migrationId)) + "." + MemoriesTable.table();
    this.key = table.key();
  }

  /** Answers when the log holds more than so many keys. */
  String tooManyKeys(int max) {
    return Quoting.fill(
        "SELECT format('%%s memories were written since the cut-over and are not carried back yet',"
            + " count(*)) FROM (SELECT DISTINCT memory_key FROM %s) changed HAVING count(*) > %d",
        log, max);
  }

  /** Answers when a logged memory has to be unpacked before it can be carried back. */
  String mustBeUnpacked() {
    return Quoting.fill(
        """
    SELECT format('memory %%s was packed or moved since the cut-over and is not carried back yet',
      n.%1$s) FROM %2$s n
    WHERE %3$s AND n.content IS NULL AND n.content_segment IS NOT NULL
      AND (%4$s OR NOT EXISTS (SELECT FROM %5$s l WHERE l.%1$s = n.%1$s))
    LIMIT 1""",
        key,
        table.qualified(),
        table.keyAmong("n", "SELECT DISTINCT memory_key FROM " + log),
        table.keyAmong("n", "SELECT DISTINCT memory_key FROM " + log + " WHERE content_changed"),
        retained);
  }

  /** Takes rows of the log, all that are seen or so many, into a table of keys. */
  List<String> take(String limit) {
    return List.of(
        "DROP TABLE IF EXISTS " + KEYS + ", " + ROWS,
        Quoting.fill(
            "CREATE TEMPORARY TABLE whimbrel_back ON COMMIT DROP AS SELECT m.%s AS k, true AS"
                + " content_changed, false AS kept, NULL::text AS plain FROM %s m WITH NO DATA",
            key, table.qualified()),
        "CREATE UNIQUE INDEX ON " + KEYS + " (k)",
        Quoting.fill(
            """
        WITH taken AS (
          DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s%2$s))
          RETURNING memory_key, content_changed)
        INSERT INTO %3$s (k, content_changed, kept)
        SELECT %4$s AS k, bool_or(t.content_changed), false FROM taken t
        WHERE t.memory_key IS NOT NULL GROUP BY 1""",
            log, limit, KEYS, table.keyOf("t.memory_key")),
        "ANALYZE " + KEYS);
  }

  /**
   * Taken memories that must be unpacked: key, the pointer's four, then the retained row's content
   * bytes, flag, size and chunks.
   */
  String packed() {
    return Quoting.fill(
        """
    SELECT n.%1$s::text, n.content_segment, n.content_offset, n.content_length, n.content_crc32c,
      %2$s, (%3$s) IS TRUE, %4$s
    FROM %5$s b JOIN %6$s n ON n.%1$s = b.k LEFT JOIN %7$s l ON l.%1$s = b.k
    WHERE (b.content_changed OR l.%1$s IS NULL) AND n.content IS NULL
      AND n.content_segment IS NOT NULL
    ORDER BY n.content_segment, n.content_offset""",
        key,
        table.contentBytes("l"),
        table.flagged("l"),
        RangeSql.sizeAndChunks(table, "l"),
        KEYS,
        table.qualified(),
        retained);
  }

  /** Says how a packed memory goes back: kept, or its text; then its key. */
  String decide() {
    return Quoting.fill(
        "UPDATE %s SET kept = ?, plain = convert_from(?, 'UTF8') WHERE k = %s",
        KEYS, table.keyOf("?::text"));
  }

  /** Writes the taken memories into the retained table. */
  List<String> apply() {
    List<String> columns = new ArrayList<>(table.layout().carriedColumns());
    columns.addAll(table.inlineColumns());
    String names = columns.stream().map(Quoting::identifier).collect(Collectors.joining(", "));
    return List.of(
        Quoting.fill(
            """
        CREATE TEMPORARY TABLE whimbrel_back_rows ON COMMIT DROP AS
        SELECT %1$s, %2$s AS content%3$s
        FROM %4$s b JOIN %5$s n ON n.%6$s = b.k LEFT JOIN %7$s l ON l.%6$s = b.k
        WHERE n.%6$s = ANY (ARRAY(SELECT k FROM %4$s))""",
            MemoriesTable.columns("n", table.layout().carriedColumns()),
            content(),
            flag(),
            KEYS,
            table.qualified(),
            key,
            retained),
        Quoting.fill(
            "DELETE FROM %s l WHERE l.%s = ANY (ARRAY(SELECT k FROM %s))", retained, key, KEYS),
        Quoting.fill(
            "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s",
            retained, names, names, ROWS),
        "DROP TABLE " + KEYS + ", " + ROWS);
  }

  private String same() {
    return Quoting.fill("b.kept OR NOT b.content_changed AND l.%s IS NOT NULL", key);
  }

  private String content() {
    boolean notNull =
        table.layout().columns().stream()
            .filter(column -> column.name().equals(TableLayout.CONTENT))
            .anyMatch(Column::notNull);
    return Quoting.fill(
        "CASE WHEN %s THEN l.content WHEN b.plain IS NOT NULL THEN b.plain ELSE %s END",
        same(), notNull ? "coalesce(n.content, '')" : "n.content");
  }

  private String flag() {
    if (table.flagType() == null) {
      return "";
    }
    String no = table.flagType().equals("bool") ? "false" : "0";
    return Quoting.fill(
        ", CASE WHEN %s THEN l.%2$s WHEN b.plain IS NOT NULL THEN %3$s ELSE n.%2$s END AS %2$s",
        same(), Quoting.identifier(TableLayout.FLAG), no);
  }
}
