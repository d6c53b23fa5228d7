// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.e2e.OddSql.insert;
import static io.whimbrel.e2e.OddSql.memories;
import static io.whimbrel.e2e.OddSql.quote;
import static io.whimbrel.e2e.OddStore.TEXT;
import static io.whimbrel.e2e.OddStore.migrated;
import static io.whimbrel.e2e.OddStore.refused;

import java.util.List;

/** Full-text tables beside the memories. */
final class OddSqliteSearch {

  private static final String MEMORIES = memories(Backend.SQLITE);

  private OddSqliteSearch() {}

  static List<OddStore> all() {
    return List.of(
        migrated(
                "a full-text table that the application fills",
                MEMORIES,
                "CREATE VIRTUAL TABLE search USING fts5(text)",
                insert(1),
                "INSERT INTO search (rowid, text) VALUES (1, " + quote(TEXT) + ")")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .finds(
                "SELECT m.id FROM search s JOIN memories m ON m.id = s.rowid WHERE search MATCH"
                    + " 'october'",
                "1"),
        migrated(
                "a full-text table without contents",
                MEMORIES,
                "CREATE VIRTUAL TABLE search USING fts5(text, content='')",
                insert(1),
                "INSERT INTO search (rowid, text) VALUES (1, " + quote(TEXT) + ")")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .finds("SELECT rowid FROM search WHERE search MATCH 'tide'", "1"),
        migrated(
                "a full-text table that a trigger fills with titles",
                MEMORIES,
                "CREATE VIRTUAL TABLE search USING fts5(title)",
                "CREATE TRIGGER searched AFTER INSERT ON memories BEGIN INSERT INTO search (rowid,"
                    + " title) VALUES (NEW.id, NEW.title); END",
                insert(1))
            .reads("1", TEXT)
            .inserts(
                "INSERT INTO memories (id, title, content) VALUES (2, 'a curlew', "
                    + quote(TEXT)
                    + ")",
                "2",
                TEXT)
            .finds("SELECT rowid FROM search WHERE search MATCH 'curlew'", "2"),
        migrated(
                "a full-text table over the titles of the memories",
                MEMORIES,
                "CREATE VIRTUAL TABLE search USING fts5(title, content='memories',"
                    + " content_rowid='id')",
                "CREATE TRIGGER searched AFTER INSERT ON memories BEGIN INSERT INTO search (rowid,"
                    + " title) VALUES (NEW.id, NEW.title); END",
                "INSERT INTO memories (id, title, content) VALUES (1, 'a whimbrel', "
                    + quote(TEXT)
                    + ")")
            .reads("1", TEXT)
            .inserts(
                "INSERT INTO memories (id, title, content) VALUES (2, 'a curlew', "
                    + quote(TEXT)
                    + ")",
                "2",
                TEXT)
            .finds(
                "SELECT title FROM search WHERE search MATCH 'curlew OR whimbrel'",
                "a whimbrel",
                "a curlew"),
        refused(
            "a full-text table over the memories",
            List.of("`search`", "content"),
            MEMORIES,
            "CREATE VIRTUAL TABLE search USING fts5(content, content='memories',"
                + " content_rowid='id')",
            insert(1)),
        refused(
            "a full-text table over the memories, spelled otherwise",
            List.of("`search`", "content"),
            MEMORIES,
            "CREATE VIRTUAL TABLE search USING fts5(content, CONTENT = \"memories\")",
            insert(1)),
        refused(
            "a full-text table over a view of the memories",
            List.of("`search`", "content"),
            MEMORIES,
            "CREATE VIEW shown AS SELECT id, content AS text FROM memories",
            "CREATE VIEW again AS SELECT id, text FROM shown",
            "CREATE VIRTUAL TABLE search USING fts5(text, content=again, content_rowid=id)",
            insert(1)),
        refused(
            "a full-text table of the older kind",
            List.of("`search`", "content"),
            MEMORIES,
            "CREATE VIRTUAL TABLE search USING fts4(content=\"memories\", content)",
            insert(1)),
        refused(
            "triggers that keep a full-text table",
            List.of("trigger", "`searched`"),
            MEMORIES,
            "CREATE VIRTUAL TABLE search USING fts5(text)",
            "CREATE TRIGGER searched AFTER INSERT ON memories BEGIN INSERT INTO search (rowid, text)"
                + " VALUES (NEW.id, NEW.content); END",
            insert(1)));
  }
}
