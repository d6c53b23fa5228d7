// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.TableLayout;

/**
 * What the capture triggers do. A query over a whole transition table is written so that it stays
 * good for any number of rows: its plan is made once a session, by whatever statement comes first.
 */
final class CaptureBodies {

  private CaptureBodies() {}

  /** On the legacy table: old and new keys, and a mark when all rows go at once. */
  static String memories(MemoriesTable table) {
    return body(table, table.key(), "NULL", "VALUES (NULL::text)");
  }

  /** On the chunks: the keys of the memories they belong to. */
  static String chunks(MemoriesTable table) {
    return body(
        table,
        "memory_id",
        "NULL",
        "SELECT DISTINCT k.memory_id::text FROM "
            + table.qualified(TableLayout.CHUNKS_TABLE)
            + " k");
  }

  private static String body(MemoriesTable table, String key, String atDelete, String atTruncate) {
    return Quoting.fill(
        """
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO %1$s (memory_key) SELECT n.%2$s::text FROM whimbrel_new n;
      ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO %1$s (memory_key) SELECT n.%2$s::text FROM whimbrel_new n
          UNION SELECT o.%2$s::text FROM whimbrel_old o;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO %1$s (memory_key) SELECT o.%2$s::text FROM whimbrel_old o;
        %3$s;
      ELSE
        INSERT INTO %1$s (memory_key) %4$s;
      END IF;
      RETURN NULL;
    END""",
        table.qualified(CaptureSql.LOG), key, atDelete, atTruncate);
  }

  /**
   * On the table that serves after a cut-over. What is deleted goes from the retained table at
   * once. An update that leaves key, content and pointer alone says so: the retained row then still
   * holds the same text.
   */
  static String migrated(MemoriesTable table, long migrationId) {
    String retained =
        Quoting.identifier(MemoriesTable.legacySchema(migrationId)) + "." + MemoriesTable.table();
    return Quoting.fill(
        """
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO %1$s (memory_key) SELECT n.%2$s::text FROM whimbrel_new n;
      ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO %1$s (memory_key, content_changed)
          SELECT s.memory_key, bool_or(s.versions <> 2) FROM (
            SELECT v.memory_key, count(*) AS versions FROM (
              SELECT %4$s FROM whimbrel_old UNION ALL SELECT %4$s FROM whimbrel_new) v
            GROUP BY v.memory_key, v.text, v.content_compressed, v.content_segment,
              v.content_offset, v.content_length, v.content_crc32c) s
          GROUP BY s.memory_key;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO %1$s (memory_key) SELECT o.%2$s::text FROM whimbrel_old o;
        DELETE FROM %3$s l WHERE l.%2$s = ANY (ARRAY(SELECT o.%2$s FROM whimbrel_old o));
      ELSE
        INSERT INTO %1$s (memory_key) VALUES (NULL::text);
        TRUNCATE %3$s;
      END IF;
      RETURN NULL;
    END""",
        table.qualified(CaptureSql.LOG), table.key(), retained, contentColumns(table));
  }

  // By bytes: what a collation of the application's takes for equal may be another text.
  private static String contentColumns(MemoriesTable table) {
    return table.key()
        + "::text COLLATE \"C\" AS memory_key, content::text COLLATE \"C\" AS text, "
        + String.join(
            ", ",
            TableLayout.FLAG,
            TableLayout.SEGMENT,
            TableLayout.OFFSET,
            TableLayout.LENGTH,
            TableLayout.CRC32C);
  }
}
