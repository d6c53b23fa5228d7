// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.e2e.OddSql.insert;
import static io.whimbrel.e2e.OddSql.memories;
import static io.whimbrel.e2e.OddSql.quote;
import static io.whimbrel.e2e.OddStore.TEXT;
import static io.whimbrel.e2e.OddStore.migrated;
import static io.whimbrel.e2e.OddStore.refused;

import java.util.List;

/** Types that PostgreSQL has and SQLite has not, and databases of other encodings. */
final class OddPostgresTypes {

  private OddPostgresTypes() {}

  static List<OddStore> all() {
    return List.of(
        migrated(
                "domains, enums, arrays and composites",
                "CREATE DOMAIN level AS integer NOT NULL DEFAULT 3 CHECK (VALUE BETWEEN 1 AND 5)",
                "CREATE TYPE mood AS ENUM ('glad', 'sad', 'it''s complicated')",
                "CREATE TYPE place AS (town text, at point)",
                "CREATE DOMAIN moods AS mood[]",
                "CREATE TABLE memories (id bigint PRIMARY KEY, content text, importance level, mood"
                    + " mood DEFAULT 'glad', tags text[], grid integer[][], places place[], felt"
                    + " moods, vector real[])",
                "INSERT INTO memories VALUES (1, "
                    + quote(TEXT)
                    + ", 5, 'it''s complicated',"
                    + " ARRAY['a', NULL, '', '\"{,}'], '[2:3][0:1]={{1,2},{3,4}}',"
                    + " ARRAY[ROW('Sk\u00F8yen', '(1,2)')::place, NULL], '{glad,sad}', '{NaN,1e-40}')",
                "INSERT INTO memories VALUES (2, 'tiny', 1, NULL, '{}', NULL, '{}', NULL, NULL)")
            .reads("1", TEXT)
            .reads("2", "tiny")
            .inserts(insert(3), "3", TEXT)
            .finds("SELECT importance || ' ' || mood FROM memories WHERE id = 3", "3 glad"),
        migrated(
                "values at the ends of their types",
                "CREATE TABLE memories (id bigint PRIMARY KEY, content text, n numeric, f float8, ts"
                    + " timestamptz, d date, i interval, m money, b bit varying(9), net inet, x xml,"
                    + " v tsvector, j json, jb jsonb, r tstzrange, mr int4multirange, u uuid, l"
                    + " pg_lsn, c char(5), bin bytea, t timetz, mac macaddr8, p path)",
                "INSERT INTO memories VALUES (1, "
                    + quote(TEXT)
                    + ", 'NaN', '-Infinity', 'infinity',"
                    + " '4713-01-01 BC', '-178000000 years', '-92233720368547758.08', B'101',"
                    + " '::ffff:1.2.3.4/128', '<?xml version=\"1.0\"?><a/>', '''a b'':1A c:2',"
                    + " '{\"a\": 1e999, \"a\": 2}', '{\"big\": 123456789012345678901234567890.50}',"
                    + " '[2001-01-01, infinity)', '{[1,3),[7,)}', gen_random_uuid(), 'FF/FF', 'ab',"
                    + " '\\x00ff', '23:59:60+15:59:59', '08:00:2b:01:02:03:04:05', '[(0,0),(1,1)]')",
                "INSERT INTO memories (id, content, n, ts) VALUES (2, 'tiny', 1e-16000, '294276-12-31')",
                "INSERT INTO memories (id, content, n) VALUES (3, 'tiny', 9.990e131000)",
                "INSERT INTO memories (id, content, n) VALUES (4, 'tiny', 'Infinity')")
            .reads("1", TEXT)
            .reads("2", "tiny")
            .reads("3", "tiny")
            .reads("4", "tiny")
            .inserts(insert(5), "5", TEXT),
        migrated(
                "a generated column that is computed when it is read",
                memories(Backend.POSTGRES_NEWEST),
                "ALTER TABLE memories ADD COLUMN shout text GENERATED ALWAYS AS (upper(title))"
                    + " VIRTUAL",
                insert(1),
                "UPDATE memories SET title = 'low'")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT)
            .finds("SELECT shout FROM memories WHERE id = 1", "LOW"),
        migrated(
                "a content of limited or fixed length",
                "CREATE TABLE memories (id bigint PRIMARY KEY, content char(100))",
                insert(1))
            .reads("1", TEXT + " ".repeat(100 - TEXT.length()))
            .inserts(insert(2), "2", TEXT + " ".repeat(100 - TEXT.length())),
        migrated(
                "a flag that is a number",
                "CREATE TABLE memories (id bigint PRIMARY KEY, content varchar(500),"
                    + " content_compressed smallint, content_size smallint)",
                "INSERT INTO memories VALUES (1, " + quote(TEXT) + ", 0, " + TEXT.length() + ")",
                "INSERT INTO memories VALUES (2, "
                    + quote(OddSql.base64(OddSql.gzip(OddSql.utf8(TEXT))))
                    + ", 2, NULL)")
            .reads("1", TEXT)
            .reads("2", TEXT)
            .inserts(insert(3), "3", TEXT),
        encoded("a database in Latin-1", "LATIN1", "Sm\u00F8rrebr\u00F8d. "),
        encoded("a database without an encoding", "SQL_ASCII", "Sm\u00F8rrebr\u00F8d. "),
        refused(
            "a content of bytes",
            List.of("content", "bytea"),
            "CREATE TABLE memories (id bigint PRIMARY KEY, content bytea)",
            "INSERT INTO memories VALUES (1, 'text')"),
        refused(
            "a content of JSON",
            List.of("content", "jsonb"),
            "CREATE TABLE memories (id bigint PRIMARY KEY, content jsonb)",
            "INSERT INTO memories VALUES (1, '{}')"),
        refused(
            "a content of a domain",
            List.of("content", "prose"),
            "CREATE DOMAIN prose AS text CHECK (VALUE <> '')",
            "CREATE TABLE memories (id bigint PRIMARY KEY, content prose)",
            insert(1)),
        refused(
            "a flag that is text",
            List.of("content_compressed", "text"),
            "CREATE TABLE memories (id bigint PRIMARY KEY, content text, content_compressed text)",
            insert(1)));
  }

  private static OddStore encoded(String name, String encoding, String word) {
    return migrated(
            name,
            memories(Backend.POSTGRES_NEWEST),
            "INSERT INTO memories (id, title, content) VALUES (1, 'caf\u00E9', "
                + quote(word + TEXT)
                + ")",
            insert(2))
        .inDatabase("ENCODING '" + encoding + "' LOCALE 'C' TEMPLATE template0")
        .reads("1", word + TEXT)
        .reads("2", TEXT)
        .inserts(
            "INSERT INTO memories (id, content) VALUES (3, " + quote(word + TEXT) + ")",
            "3",
            word + TEXT)
        .finds("SELECT title FROM memories WHERE id = 1", "caf\u00E9");
  }
}
