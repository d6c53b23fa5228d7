// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.e2e.OddSql.base64;
import static io.whimbrel.e2e.OddSql.gzip;
import static io.whimbrel.e2e.OddSql.insert;
import static io.whimbrel.e2e.OddSql.memories;
import static io.whimbrel.e2e.OddSql.quote;
import static io.whimbrel.e2e.OddSql.utf8;
import static io.whimbrel.e2e.OddStore.TEXT;
import static io.whimbrel.e2e.OddStore.migrated;
import static io.whimbrel.e2e.OddStore.refused;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Columns: their names, their number, their values, and expressions over the content. */
final class OddColumns {

  private OddColumns() {}

  /** Cases that exist on both databases. */
  static List<OddStore> on(Backend backend) {
    boolean sqlite = backend == Backend.SQLITE;
    int most = sqlite ? 2_000 : 800;
    return List.of(
        names(),
        values(sqlite),
        wide("wide rows", most - 10).inserts(insert(2), "2", TEXT),
        refused(
            "rows that are too wide for more columns",
            List.of("memories", "columns"),
            wideTable(sqlite ? most - 3 : most + 1),
            "INSERT INTO memories (id, content) VALUES (1, 'text')"),
        migrated(
                "a size that is text",
                "CREATE TABLE memories (id integer PRIMARY KEY, content text, content_size text)",
                "INSERT INTO memories VALUES (1, " + quote(TEXT) + ", 'many')")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT),
        migrated(
                "a generated column",
                memories(backend),
                "ALTER TABLE memories ADD COLUMN shout text GENERATED ALWAYS AS (upper(title)) "
                    + (sqlite ? "VIRTUAL" : "STORED"),
                "CREATE INDEX memories_shout ON memories (shout)",
                "INSERT INTO memories (id, title, content) VALUES (1, 'low', " + quote(TEXT) + ")")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .finds("SELECT id FROM memories WHERE shout = 'LOW'", "1"),
        refused(
            "a generated column that reads the content",
            List.of("letters", "content"),
            "CREATE TABLE memories (id integer PRIMARY KEY, content text, letters integer GENERATED"
                + " ALWAYS AS (length(content)) STORED)",
            "INSERT INTO memories (id, content) VALUES (1, 'text')"),
        refused(
            "an index that reads the content",
            List.of("memories_full", "content"),
            memories(backend),
            "CREATE INDEX memories_full ON memories (title) WHERE content IS NOT NULL",
            insert(1)),
        refused(
            "a content that is unique",
            List.of("content"),
            "CREATE TABLE memories (id integer PRIMARY KEY, content text UNIQUE)",
            insert(1)),
        refused(
            "a check that joins the content with another column",
            List.of("full_or_draft"),
            "CREATE TABLE memories (id integer PRIMARY KEY, title text, content text, CONSTRAINT"
                + " full_or_draft CHECK (title = 'draft' OR content IS NOT NULL))",
            "INSERT INTO memories VALUES (1, 'draft', NULL), (2, 'full', " + quote(TEXT) + ")"),
        refused(
            "a check that the content is there",
            List.of("has_content"),
            "CREATE TABLE memories (id integer PRIMARY KEY, content text, CONSTRAINT has_content"
                + " CHECK (content IS NOT NULL))"),
        migrated(
                "columns named nearly like ours",
                memories(backend),
                "ALTER TABLE memories ADD COLUMN content_hash text",
                "ALTER TABLE memories ADD COLUMN segment integer",
                "INSERT INTO memories (id, content, content_hash, segment) VALUES (1, "
                    + quote(base64(gzip(utf8(TEXT))))
                    + ", 'ab', 7)")
            .reads("1", base64(gzip(utf8(TEXT))))
            .inserts(insert(2), "2", TEXT),
        refused(
            "a column named like one of ours",
            List.of("content_offset"),
            memories(backend),
            "ALTER TABLE memories ADD COLUMN content_offset text",
            insert(1)),
        refused(
            "a table named like our segments",
            List.of("memory_segments"),
            memories(backend),
            "CREATE TABLE memory_segments (id integer PRIMARY KEY, memory_id integer)",
            insert(1)),
        refused(
                "a table named like our dictionaries",
                List.of("memory_dictionaries"),
                memories(backend),
                "CREATE TABLE memory_dictionaries (id integer PRIMARY KEY, word text)",
                "INSERT INTO memory_dictionaries VALUES (1, 'whimbrel')",
                insert(1))
            .finds("SELECT word FROM memory_dictionaries", "whimbrel"),
        refused(
                "a table named like our log",
                List.of("whimbrel_changes"),
                memories(backend),
                "CREATE TABLE whimbrel_changes (note text)",
                "INSERT INTO whimbrel_changes VALUES ('mine')",
                insert(1))
            .finds("SELECT note FROM whimbrel_changes", "mine"));
  }

  private static OddStore names() {
    return migrated(
            "column names that need quoting",
            "CREATE TABLE memories (\"key\" integer PRIMARY KEY, content text, \"select\" text,"
                + " \"check\" text, \"unique\" text, \"foreign\" integer, \"references\" text,"
                + " \"not\" text, \"has space\" text, \"we\"\"ird\" text, \"a.b\" text, \"%s\" text,"
                + " \"what?\" text, \"$1\" text, \"${checks}\" text, \"\u00FCml\u00E4ut\uD83D\uDC26\""
                + " text, \"it's\" text, \"back\\slash\" text, \"UPPER\" text)",
            "CREATE INDEX \"an index\" ON memories (\"has space\", \"we\"\"ird\")",
            "INSERT INTO memories VALUES (1, "
                + quote(TEXT)
                + ", 'a', 'b', 'c', 4, 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p')")
        .reads("1", TEXT)
        .inserts(
            "INSERT INTO memories (\"key\", content, \"we\"\"ird\") VALUES (2, "
                + quote(TEXT)
                + ", 'x')",
            "2",
            TEXT)
        .finds("SELECT \"we\"\"ird\" FROM memories ORDER BY 1", "g", "x");
  }

  private static OddStore values(boolean sqlite) {
    String json = "{\"deep\": [" + "\"whimbrel\", ".repeat(200_000) + "NaN, -Infinity, 1e999]}";
    return migrated(
            "NaN, infinities, and huge JSON",
            "CREATE TABLE memories (id integer PRIMARY KEY, content text, memory_metadata "
                + (sqlite ? "JSON" : "text")
                + ", score double precision, ratio real)",
            "INSERT INTO memories VALUES (1, " + quote(TEXT) + ", '{}', NULL, NULL)",
            "INSERT INTO memories VALUES (2, '', 'null', "
                + (sqlite ? "9e999, -9e999" : "'Infinity', '-Infinity'")
                + ")",
            "INSERT INTO memories VALUES (3, 'x', '12345678901234567890123', "
                + (sqlite ? "4.9e-324, -0.0" : "'NaN', 'NaN'")
                + ")",
            "INSERT INTO memories VALUES (4, 'x', 'NaN', 1.7976931348623157e308, 0.1)")
        .fills("UPDATE memories SET memory_metadata = ? WHERE id = 1", json)
        .reads("1", TEXT)
        .reads("2", "")
        .reads("3", "x")
        .reads("4", "x")
        .inserts(insert(5), "5", TEXT);
  }

  private static OddStore wide(String name, int columns) {
    return migrated(
            name,
            wideTable(columns),
            "INSERT INTO memories (id, content, c3, c"
                + (columns - 1)
                + ") VALUES (1, "
                + quote(TEXT)
                + ", 3, 4)")
        .reads("1", TEXT);
  }

  private static String wideTable(int columns) {
    return "CREATE TABLE memories (id integer PRIMARY KEY, content text, "
        + IntStream.range(2, columns)
            .mapToObj(number -> "c" + number + " integer")
            .collect(Collectors.joining(", "))
        + ")";
  }
}
