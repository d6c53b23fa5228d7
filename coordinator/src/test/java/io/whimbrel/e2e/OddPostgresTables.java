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

/** PostgreSQL tables of every make, and what hangs on them. */
final class OddPostgresTables {

  private static final String MEMORIES = memories(Backend.POSTGRES_NEWEST);

  private OddPostgresTables() {}

  static List<OddStore> all() {
    return Stream.of(tables(), hangers(), refusedTables(), refusedHangers())
        .flatMap(List::stream)
        .toList();
  }

  private static List<OddStore> tables() {
    return List.of(
        migrated(
                "an unlogged table",
                "CREATE UNLOGGED TABLE memories (id bigint PRIMARY KEY, content text)",
                insert(1))
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .finds("SELECT relpersistence FROM pg_class WHERE oid = 'memories'::regclass", "u"),
        migrated(
                "a table with settings of its own",
                MEMORIES,
                "ALTER TABLE memories SET (fillfactor = 70, autovacuum_enabled = false)",
                "ALTER TABLE memories ALTER COLUMN title SET STATISTICS 500",
                "ALTER TABLE memories ALTER COLUMN title SET STORAGE EXTERNAL",
                "ALTER TABLE memories REPLICA IDENTITY FULL",
                "COMMENT ON TABLE memories IS 'what the agents '' remember'",
                "COMMENT ON COLUMN memories.title IS 'short'",
                "CREATE STATISTICS titles ON title, id FROM memories",
                insert(1))
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT),
        migrated(
                "columns that were dropped",
                "CREATE TABLE memories (gone text, id bigint PRIMARY KEY, gone2 integer, content"
                    + " text NOT NULL DEFAULT 'none', title text DEFAULT upper('x'))",
                "ALTER TABLE memories DROP COLUMN gone",
                "ALTER TABLE memories DROP COLUMN gone2",
                insert(1))
            .reads("1", TEXT)
            .inserts("INSERT INTO memories (id) VALUES (2)", "2", "none")
            .finds("SELECT title FROM memories WHERE id = 2", "X"),
        migrated(
                "constraints that are deferred, excluding, or not validated",
                "CREATE TABLE memories (id bigint PRIMARY KEY, content text, title text, span"
                    + " int4range, CONSTRAINT once UNIQUE NULLS NOT DISTINCT (title) DEFERRABLE"
                    + " INITIALLY DEFERRED, CONSTRAINT apart EXCLUDE USING gist (span WITH &&))",
                "INSERT INTO memories VALUES (1, " + quote(TEXT) + ", '', '[1,5)')",
                "INSERT INTO memories VALUES (2, 'tiny', NULL, NULL)",
                "ALTER TABLE memories ADD CONSTRAINT titled CHECK (title <> '') NOT VALID",
                "ALTER TABLE memories ADD CONSTRAINT no_spaces CHECK (title <> ' ')")
            .reads("1", TEXT)
            .reads("2", "tiny")
            .inserts(
                "INSERT INTO memories (id, content, title, span) VALUES (3, "
                    + quote(TEXT)
                    + ", 't', '[6,7)')",
                "3",
                TEXT),
        migrated(
                "foreign keys both ways, to itself, and dangling",
                "CREATE TABLE users (id bigint PRIMARY KEY)",
                MEMORIES.replace("content text", "owner_id bigint, parent_id bigint, content text"),
                "CREATE TABLE relations (id bigint PRIMARY KEY, source_memory_id bigint,"
                    + " target_memory_id bigint)",
                insert(1),
                insert(2),
                "UPDATE memories SET owner_id = 404, parent_id = 1 WHERE id = 2",
                "INSERT INTO relations VALUES (1, 1, 2), (2, 77, 1), (3, NULL, 88)",
                "ALTER TABLE memories ADD CONSTRAINT owned FOREIGN KEY (owner_id) REFERENCES users"
                    + " NOT VALID",
                "ALTER TABLE memories ADD FOREIGN KEY (parent_id) REFERENCES memories ON DELETE"
                    + " CASCADE DEFERRABLE INITIALLY DEFERRED",
                "ALTER TABLE relations ADD CONSTRAINT from_memory FOREIGN KEY (source_memory_id)"
                    + " REFERENCES memories ON DELETE CASCADE NOT VALID")
            .reads("1", TEXT)
            .reads("2", TEXT)
            .inserts(insert(3), "3", TEXT)
            .finds("SELECT count(*) FROM relations", "3"));
  }

  private static List<OddStore> hangers() {
    return List.of(
        migrated(
                "partial, expression and covering indexes",
                MEMORIES,
                insert(1),
                "CREATE INDEX by_lower ON memories (lower(title) DESC NULLS LAST) INCLUDE (id)",
                "CREATE UNIQUE INDEX once ON memories (title) WHERE title IS NOT NULL",
                "CREATE INDEX gin_title ON memories USING gin (to_tsvector('english', title))",
                "CREATE INDEX \"Odd \"\"name\"\"\" ON memories USING hash (title)",
                "COMMENT ON INDEX once IS 'titles'",
                "ALTER TABLE memories CLUSTER ON memories_pkey")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT),
        migrated(
                "views of many kinds",
                MEMORIES,
                insert(1),
                "CREATE VIEW titles AS SELECT id, title FROM memories WHERE id > 0 WITH CHECK OPTION",
                "CREATE VIEW guarded WITH (security_barrier) AS SELECT * FROM memories",
                "CREATE VIEW of_view AS SELECT id FROM titles",
                "CREATE VIEW grouped AS SELECT m.id, m.title, count(*) AS n FROM memories m GROUP BY"
                    + " m.id",
                "COMMENT ON VIEW titles IS 'all of them'",
                "GRANT SELECT ON titles TO pg_monitor")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .finds("SELECT id FROM of_view ORDER BY 1", "1", "2")
            .finds("SELECT n FROM grouped WHERE id = 2", "1"),
        migrated(
                "triggers that do not read the content",
                MEMORIES,
                "CREATE TABLE audit (memory_id bigint)",
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit"
                    + " VALUES (NEW.id); RETURN NEW; END'",
                insert(1),
                "CREATE TRIGGER noted BEFORE INSERT ON memories FOR EACH ROW WHEN (NEW.id > 0)"
                    + " EXECUTE FUNCTION note()",
                "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON memories DEFERRABLE INITIALLY"
                    + " DEFERRED FOR EACH ROW EXECUTE FUNCTION note()",
                "CREATE TRIGGER off AFTER INSERT ON memories FOR EACH ROW EXECUTE FUNCTION note()",
                "ALTER TABLE memories DISABLE TRIGGER off")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .finds("SELECT memory_id FROM audit", "2", "2"),
        migrated(
                "a trigger on updates",
                MEMORIES,
                insert(1),
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "CREATE TRIGGER touch BEFORE UPDATE ON memories FOR EACH ROW EXECUTE FUNCTION"
                    + " note()")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .refusesToPackInPlace("touch"),
        migrated(
                "rights on the table and on columns",
                MEMORIES,
                insert(1),
                "GRANT SELECT, INSERT ON memories TO pg_read_all_data WITH GRANT OPTION",
                "GRANT UPDATE (title) ON memories TO PUBLIC")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT),
        migrated(
                "a publication that lists the table",
                MEMORIES,
                "CREATE PUBLICATION feed FOR TABLE memories",
                insert(1))
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT));
  }

  private static List<OddStore> refusedTables() {
    return List.of(
        refused(
            "a partitioned table",
            List.of("memories", "partitioned"),
            "CREATE TABLE memories (id bigint PRIMARY KEY, content text) PARTITION BY RANGE (id)",
            "CREATE TABLE memories_low PARTITION OF memories FOR VALUES FROM (0) TO (100)",
            insert(1)),
        refused(
            "a partition",
            List.of("memories", "partition"),
            "CREATE TABLE everything (id bigint PRIMARY KEY, content text) PARTITION BY RANGE (id)",
            "CREATE TABLE memories PARTITION OF everything FOR VALUES FROM (0) TO (100)",
            insert(1)),
        refused(
            "a table that others inherit from",
            List.of("memories", "inheritance"),
            MEMORIES,
            "CREATE TABLE dreams (mood text) INHERITS (memories)",
            insert(1)),
        refused(
            "a table that inherits",
            List.of("memories", "inheritance"),
            "CREATE TABLE things (id bigint, content text)",
            "CREATE TABLE memories (PRIMARY KEY (id)) INHERITS (things)",
            insert(1)),
        refused(
            "row security",
            List.of("row security", "mine_only"),
            MEMORIES,
            "ALTER TABLE memories ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY mine_only ON memories USING (id < 10)",
            insert(1)),
        refused(
            "a policy that waits for row security",
            List.of("row security", "mine_only"),
            MEMORIES,
            "CREATE POLICY mine_only ON memories USING (id < 10)",
            insert(1)),
        refused(
            "a table of a composite type",
            List.of("memories", "composite"),
            "CREATE TYPE memory AS (id bigint, content text)",
            "CREATE TABLE memories OF memory (PRIMARY KEY (id))",
            insert(1)),
        refused(
            "a materialized view that is named memories",
            List.of("memories", "materialized"),
            "CREATE MATERIALIZED VIEW memories AS SELECT 1 AS id, 'text' AS content"));
  }

  private static List<OddStore> refusedHangers() {
    return List.of(
        refused(
            "a materialized view",
            List.of("counted"),
            MEMORIES,
            "CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM memories",
            insert(1)),
        refused(
            "a rule",
            List.of("quiet"),
            MEMORIES,
            "CREATE RULE quiet AS ON DELETE TO memories DO INSTEAD NOTHING",
            insert(1)),
        refused(
            "a function that is bound to the table",
            List.of("how_many"),
            MEMORIES,
            "CREATE FUNCTION how_many() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*)"
                + " FROM memories; END",
            insert(1)),
        refused(
            "a function that takes the row type",
            List.of("title_of"),
            MEMORIES,
            "CREATE FUNCTION title_of(m memories) RETURNS text LANGUAGE sql AS 'SELECT m.title'",
            insert(1)),
        refused(
            "a publication of rows by their content",
            List.of("feed"),
            MEMORIES,
            "CREATE PUBLICATION feed FOR TABLE memories WHERE (content <> '')",
            insert(1)),
        refused(
            "a publication of all tables",
            List.of("feed"),
            MEMORIES,
            "CREATE PUBLICATION feed FOR ALL TABLES",
            insert(1)),
        refused(
            "a trigger that reads the content",
            List.of("searched"),
            MEMORIES,
            "CREATE FUNCTION search() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''%'',"
                + " NEW.content; RETURN NEW; END'",
            "CREATE TRIGGER searched BEFORE INSERT ON memories FOR EACH ROW EXECUTE FUNCTION"
                + " search()",
            insert(1)),
        refused(
            "a check of the content",
            List.of("not_long"),
            MEMORIES,
            "ALTER TABLE memories ADD CONSTRAINT not_long CHECK (length(content) < 1000)",
            insert(1)),
        refused(
            "an index over whole rows",
            List.of("whole_rows"),
            MEMORIES,
            "CREATE FUNCTION digest(r anyelement) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN"
                + " RETURN md5(r::text); END'",
            "CREATE INDEX whole_rows ON memories (digest(memories))",
            insert(1)),
        refused(
            "a check of whole rows",
            List.of("nothing_missing"),
            MEMORIES,
            "ALTER TABLE memories ADD CONSTRAINT nothing_missing CHECK (memories IS NOT NULL)",
            "INSERT INTO memories VALUES (1, 'title', " + quote(TEXT) + ", false, 0)"),
        refused(
            "an index that is named like one of ours",
            List.of("whimbrel_titles"),
            MEMORIES,
            "CREATE INDEX whimbrel_titles ON memories (title)",
            insert(1)),
        refused(
            "a trigger that is named like one of ours",
            List.of("whimbrel_note"),
            MEMORIES,
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER whimbrel_note AFTER INSERT ON memories FOR EACH ROW EXECUTE FUNCTION"
                + " note()",
            insert(1)));
  }
}
