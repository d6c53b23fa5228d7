// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.e2e.OddSql.insert;
import static io.whimbrel.e2e.OddSql.memories;
import static io.whimbrel.e2e.OddSql.quote;
import static io.whimbrel.e2e.OddStore.TEXT;
import static io.whimbrel.e2e.OddStore.migrated;
import static io.whimbrel.e2e.OddStore.refused;

import java.util.List;
import java.util.stream.Stream;

/** SQLite tables of every make, and what hangs on them. */
final class OddSqliteTables {

  private static final String MEMORIES = memories(Backend.SQLITE);

  private OddSqliteTables() {}

  static List<OddStore> all() {
    return Stream.of(definitions(), checks(), hangers(), refusals(), layouts())
        .flatMap(List::stream)
        .toList();
  }

  private static List<OddStore> definitions() {
    return List.of(
        migrated(
                "a STRICT table",
                "CREATE TABLE memories (id INTEGER PRIMARY KEY, content TEXT NOT NULL, score REAL,"
                    + " extra ANY) STRICT",
                "INSERT INTO memories VALUES (1, " + quote(TEXT) + ", 1, x'00')",
                "INSERT INTO memories VALUES (2, 'tiny', 0.5, '007')")
            .reads("1", TEXT)
            .reads("2", "tiny")
            .inserts(insert(3), "3", TEXT),
        migrated(
                "a definition with remarks and rare spellings",
                "CREATE TABLE IF NOT EXISTS main . [memories] -- the table, 'with' (remarks\n ( /* , )"
                    + " */ `id` integer primary key on conflict abort not null,\n [content]"
                    + " VARCHAR (200, 3) DEFAULT 'not null' NOT /* really */ NULL ON CONFLICT FAIL"
                    + " COLLATE nocase, 'title' text default (upper('a,b)')),\n parent integer"
                    + " CONSTRAINT fk REFERENCES memories (id) ON DELETE SET NULL ON UPDATE NO ACTION"
                    + " DEFERRABLE INITIALLY DEFERRED CHECK (parent <> 0), note"
                    + " CONSTRAINT named UNIQUE CHECK (note <> 'x'), CHECK (id > 0) FOREIGN KEY (title) REFERENCES"
                    + " topics (name))",
                "CREATE TABLE topics (name TEXT PRIMARY KEY)",
                "INSERT INTO memories VALUES (1, " + quote(TEXT) + ", 'a', NULL, 'n')",
                "INSERT INTO memories VALUES (2, 'tiny', 'b', 1, 'o')")
            .reads("1", TEXT)
            .reads("2", "tiny")
            .inserts(insert(3), "3", TEXT)
            .finds("SELECT title FROM memories WHERE id = 3", "A,B)")
            .finds(
                "SELECT \"table\" FROM pragma_foreign_key_list('memories') ORDER BY 1",
                "memories",
                "topics"),
        migrated(
                "values that are not of their column's type",
                MEMORIES,
                "ALTER TABLE memories ADD COLUMN owner_id INTEGER",
                "ALTER TABLE memories ADD COLUMN embedding BLOB",
                "ALTER TABLE memories ADD COLUMN created_at DATETIME",
                "ALTER TABLE memories ADD COLUMN loose",
                insert(1),
                insert(2),
                insert(3),
                "UPDATE memories SET owner_id = 'system', embedding = 'text', created_at ="
                    + " '0001-01-01 00:00:00.000000', loose = '007' WHERE id = 1",
                "UPDATE memories SET owner_id = 1.5, embedding = x'', created_at = 1e300, loose = 7"
                    + " WHERE id = 2",
                "UPDATE memories SET owner_id = x'00ff', embedding = 42, title = char(0) || 'x',"
                    + " loose = CAST(x'ff00c3' AS TEXT) WHERE id = 3")
            .reads("1", TEXT)
            .reads("2", TEXT)
            .reads("3", TEXT)
            .inserts(insert(4), "4", TEXT));
  }

  private static List<OddStore> checks() {
    return List.of(
        migrated(
                "a check of the content alone",
                "CREATE TABLE memories (id INTEGER PRIMARY KEY, content TEXT NOT NULL CHECK"
                    + " (length(content) BETWEEN 1 AND 10000), CHECK (id > 0))",
                insert(1))
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT),
        refused(
            "a check of the content's type",
            List.of("typeof(content)"),
            "CREATE TABLE memories (id INTEGER PRIMARY KEY, content TEXT, CHECK (typeof(content) ="
                + " 'text'))",
            insert(1)),
        refused(
            "a check of the flag",
            List.of("content_compressed"),
            "CREATE TABLE memories (id INTEGER PRIMARY KEY, content TEXT, content_compressed INTEGER"
                + " CHECK (content_compressed = 0))"));
  }

  private static List<OddStore> hangers() {
    return List.of(
        migrated(
                "partial and expression indexes",
                MEMORIES,
                insert(1),
                insert(2),
                "UPDATE memories SET title = 'Title ' || id",
                "CREATE INDEX by_lower ON memories (lower(title) COLLATE NOCASE DESC, id)",
                "CREATE UNIQUE INDEX once ON memories (title) WHERE title IS NOT NULL",
                "CREATE INDEX \"ix_memories_id\" ON memories (id)",
                "CREATE INDEX IF NOT EXISTS whole ON memories (content_size) WHERE id > 5")
            .reads("1", TEXT)
            .reads("2", TEXT)
            .inserts(insert(3), "3", TEXT)
            .finds(
                "SELECT id FROM memories INDEXED BY by_lower WHERE lower(title) = 'title 2'", "2")
            .finds("SELECT count(*) FROM memories INDEXED BY once WHERE title = 'Title 1'", "1"),
        migrated(
                "triggers that do not read the content",
                MEMORIES,
                "CREATE TABLE audit (memory_id INTEGER, what TEXT)",
                insert(1),
                "CREATE TRIGGER noted AFTER INSERT ON memories WHEN NEW.id > 0 BEGIN INSERT INTO"
                    + " audit VALUES (NEW.id, 'insert'); END",
                "CREATE TRIGGER gone BEFORE DELETE ON memories BEGIN DELETE FROM audit WHERE"
                    + " memory_id = OLD.id; END")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .finds("SELECT memory_id || what FROM audit", "2insert"),
        migrated(
                "a trigger on updates",
                MEMORIES,
                "ALTER TABLE memories ADD COLUMN touched INTEGER DEFAULT 0",
                insert(1),
                "CREATE TRIGGER touch AFTER UPDATE OF title ON memories BEGIN UPDATE memories SET"
                    + " touched = touched + 1 WHERE id = NEW.id; END")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .finds("SELECT touched FROM memories ORDER BY id", "0", "0")
            .refusesToPackInPlace("touch"),
        migrated(
                "views, and a trigger on one",
                MEMORIES,
                insert(1),
                "CREATE VIEW titles AS SELECT id, title FROM memories WHERE id > 0",
                "CREATE VIEW everything AS SELECT * FROM memories",
                "CREATE VIEW of_view AS SELECT id FROM titles",
                "CREATE TRIGGER retitle INSTEAD OF UPDATE ON titles BEGIN UPDATE memories SET title ="
                    + " NEW.title WHERE id = OLD.id; END")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .finds("SELECT id FROM of_view ORDER BY 1", "1", "2")
            .finds("SELECT count(*) FROM everything", "2"),
        migrated(
                "foreign keys both ways, and to itself",
                "CREATE TABLE users (id INTEGER PRIMARY KEY)",
                "CREATE TABLE memories (id INTEGER PRIMARY KEY, content TEXT NOT NULL, owner_id"
                    + " INTEGER REFERENCES users (id), parent_id INTEGER REFERENCES memories (id) ON"
                    + " DELETE CASCADE)",
                "CREATE TABLE relations (id INTEGER PRIMARY KEY, source_memory_id INTEGER NOT NULL"
                    + " REFERENCES memories ON DELETE CASCADE, target_memory_id INTEGER, FOREIGN KEY"
                    + " (target_memory_id) REFERENCES memories (id))",
                "INSERT INTO memories VALUES (1, " + quote(TEXT) + ", 404, NULL)",
                "INSERT INTO memories VALUES (2, " + quote(TEXT) + ", NULL, 1)",
                "INSERT INTO relations VALUES (1, 1, 2), (2, 77, 88)")
            .reads("1", TEXT)
            .reads("2", TEXT)
            .inserts(insert(3), "3", TEXT)
            .finds(
                "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list('relations')", "memories")
            .finds("SELECT count(*) FROM pragma_foreign_key_check", "3"));
  }

  private static List<OddStore> refusals() {
    return List.of(
        refused(
            "a trigger that reads the content",
            List.of("trigger", "`shadow`"),
            MEMORIES,
            "CREATE TABLE shadow_texts (text TEXT)",
            "CREATE TRIGGER shadow AFTER UPDATE ON memories BEGIN INSERT INTO shadow_texts VALUES"
                + " (OLD.content); END",
            insert(1)),
        refused(
            "a trigger of another table that reads the content",
            List.of("trigger", "`pull`"),
            MEMORIES,
            "CREATE TABLE wishes (id INTEGER)",
            "CREATE TRIGGER pull AFTER INSERT ON wishes BEGIN SELECT content FROM memories; END",
            insert(1)),
        refused(
            "a view that is named memories",
            List.of("memories"),
            "CREATE TABLE texts (id INTEGER PRIMARY KEY, content TEXT)",
            "CREATE VIEW memories AS SELECT * FROM texts"),
        refused(
            "a table that is spelled otherwise",
            List.of("`Memories`"),
            "CREATE TABLE Memories (id INTEGER PRIMARY KEY, content TEXT)",
            insert(1)),
        refused(
            "a column of ours in capitals",
            List.of("content_size"),
            "CREATE TABLE memories (id INTEGER PRIMARY KEY, content TEXT, Content_Size INTEGER)",
            insert(1)),
        refused(
            "a content that is spelled otherwise",
            List.of("`content`"),
            "CREATE TABLE memories (id INTEGER PRIMARY KEY, Content TEXT)",
            insert(1)),
        refused(
            "text in UTF-16", List.of("UTF-16"), "PRAGMA encoding = 'UTF-16'", MEMORIES, insert(1)),
        refused(
            "an index that is named like one of ours",
            List.of("whimbrel_index"),
            MEMORIES,
            "CREATE INDEX whimbrel_index ON memories (title)",
            insert(1)));
  }

  private static List<OddStore> layouts() {
    return List.of(
        migrated(
                "the layout of the stdio server",
                "CREATE TABLE memories (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL,"
                    + " content TEXT NOT NULL, summary TEXT, tags TEXT, category TEXT, importance"
                    + " INTEGER DEFAULT 1, context_id INTEGER, access_level TEXT DEFAULT 'public',"
                    + " created_at TEXT DEFAULT CURRENT_TIMESTAMP, updated_at TEXT DEFAULT"
                    + " CURRENT_TIMESTAMP)",
                "CREATE TABLE users (id INTEGER PRIMARY KEY)",
                "INSERT INTO memories (title, content, importance, tags) VALUES ('t', "
                    + quote(TEXT)
                    + ", 'very', 'a,b')",
                "INSERT INTO memories (title, content, importance) VALUES ('', '', 0.5)")
            .reads("1", TEXT)
            .reads("2", "")
            .inserts(
                "INSERT INTO memories (title, content) VALUES ('n', " + quote(TEXT) + ")",
                "3",
                TEXT),
        migrated(
                "a file with settings of its own",
                "PRAGMA page_size = 512",
                "PRAGMA auto_vacuum = INCREMENTAL",
                "PRAGMA user_version = 77",
                "PRAGMA application_id = 1234",
                MEMORIES,
                insert(1))
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .finds("PRAGMA user_version", "77")
            .finds("PRAGMA application_id", "1234")
            .finds("PRAGMA journal_mode", "delete"));
  }
}
