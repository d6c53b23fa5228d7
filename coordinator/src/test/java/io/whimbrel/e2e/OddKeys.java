// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.e2e.OddSql.insert;
import static io.whimbrel.e2e.OddSql.memories;
import static io.whimbrel.e2e.OddSql.quote;
import static io.whimbrel.e2e.OddStore.TEXT;
import static io.whimbrel.e2e.OddStore.migrated;
import static io.whimbrel.e2e.OddStore.refused;

import java.util.ArrayList;
import java.util.List;

/** Keys that are negative, sparse, of other types, named otherwise, used twice, or none at all. */
final class OddKeys {

  private static final String MIN = "-9223372036854775808";
  private static final String MAX = "9223372036854775807";

  private OddKeys() {}

  /** Cases that exist on both databases. */
  static List<OddStore> on(Backend backend) {
    return List.of(
        migrated("zero memories", memories(backend)).inserts(insert(1), "1", TEXT),
        migrated("one memory", memories(backend), insert(1))
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT),
        keyed(backend, "one memory with the lowest key", MIN).inserts(insert(7), "7", TEXT),
        keyed(backend, "keys that are negative and zero", MIN, "-2", "-1", "0", "1")
            .inserts(insert(-100), "-100", TEXT),
        keyed(backend, "keys that are sparse up to the highest", "1", "4294967296", MAX)
            .with("--batch-size", "1")
            .inserts(insert(5), "5", TEXT),
        texts(),
        migrated(
                "a key of another name, unique but not primary",
                "CREATE TABLE memories (slug varchar(50) NOT NULL UNIQUE, content text)",
                "INSERT INTO memories VALUES ('b', " + quote(TEXT) + "), ('a', 'tiny')")
            .reads("a", "tiny")
            .reads("b", TEXT)
            .inserts(
                "INSERT INTO memories (slug, content) VALUES ('c', " + quote(TEXT) + ")",
                "c",
                TEXT),
        uuids(backend),
        reused(backend),
        refused(
            "a key of two columns",
            List.of("memories", "key"),
            "CREATE TABLE memories (a integer, b integer, content text, PRIMARY KEY (a, b))",
            "INSERT INTO memories VALUES (1, 1, 'text')"),
        refused(
            "the content is the key",
            List.of("content"),
            "CREATE TABLE memories (content text PRIMARY KEY, title text)",
            "INSERT INTO memories VALUES ('text', 'title')"));
  }

  private static OddStore keyed(Backend backend, String name, String... keys) {
    List<String> sql = new ArrayList<>(List.of(memories(backend)));
    for (String key : keys) {
      sql.add("INSERT INTO memories (id, content) VALUES (" + key + ", " + quote(TEXT + key) + ")");
    }
    OddStore store = migrated(name, sql.toArray(String[]::new));
    for (String key : keys) {
      store.reads(key, TEXT + key);
    }
    return store;
  }

  private static OddStore texts() {
    List<String> keys =
        List.of(
            "",
            " ",
            "a",
            "A",
            "a ",
            "10",
            "9",
            "o'clock",
            "say \"x\"",
            "back\\slash",
            "%s ? $1 ${x}",
            "\u00E9",
            "e\u0301",
            "\uD83D\uDC26",
            "x".repeat(300),
            "line\nbreak");
    List<String> sql = new ArrayList<>();
    sql.add("CREATE TABLE memories (id text PRIMARY KEY, content text)");
    for (String key : keys) {
      sql.add("INSERT INTO memories VALUES (" + quote(key) + ", " + quote(TEXT + key) + ")");
    }
    OddStore store =
        migrated("keys that are text", sql.toArray(String[]::new)).with("--batch-size", "2");
    keys.forEach(key -> store.reads(key, TEXT + key));
    return store.inserts(
        "INSERT INTO memories (id, content) VALUES ('new', " + quote(TEXT) + ")", "new", TEXT);
  }

  private static OddStore uuids(Backend backend) {
    String type = backend == Backend.SQLITE ? "TEXT" : "uuid";
    String low = "00000000-0000-0000-0000-000000000000";
    String high = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    return migrated(
            "keys that are UUIDs",
            "CREATE TABLE memories (id " + type + " NOT NULL PRIMARY KEY, content text)",
            "INSERT INTO memories VALUES ('" + low + "', " + quote(TEXT) + ")",
            "INSERT INTO memories VALUES ('" + high + "', " + quote(TEXT) + ")",
            "INSERT INTO memories VALUES ('7f000000-0000-4000-8000-000000000001', 'tiny')")
        .with("--batch-size", "1")
        .reads(low, TEXT)
        .reads(high, TEXT)
        .reads("7f000000-0000-4000-8000-000000000001", "tiny")
        .inserts(
            "INSERT INTO memories (id, content) VALUES ('80000000-0000-4000-8000-000000000001', "
                + quote(TEXT)
                + ")",
            "80000000-0000-4000-8000-000000000001",
            TEXT);
  }

  // A freed id was handed out again: what still names it means another memory now.
  private static OddStore reused(Backend backend) {
    return migrated(
            "ids reused, and relations that dangle",
            memories(backend),
            insert(1),
            insert(2),
            "CREATE TABLE relations (id integer PRIMARY KEY, source_memory_id integer,"
                + " target_memory_id integer, strength float)",
            "INSERT INTO relations VALUES (1, 1, 2, 1.0), (2, 2, 77, 0.5), (3, 88, 99, NULL),"
                + " (4, NULL, 1, 0.25), (5, 1, 1, 0.1)",
            "DELETE FROM memories WHERE id = 2",
            insert(2),
            "CREATE TABLE memory_versions (id integer PRIMARY KEY, memory_id integer NOT NULL,"
                + " content text NOT NULL)",
            "INSERT INTO memory_versions VALUES (1, 2, 'of the one before'), (2, 66, 'of nobody')")
        .reads("1", TEXT)
        .reads("2", TEXT)
        .inserts(insert(3), "3", TEXT)
        .finds("SELECT count(*) FROM relations", "5")
        .finds(
            "SELECT m.title FROM relations r JOIN memories m ON m.id = r.target_memory_id WHERE"
                + " r.id = 1",
            "null");
  }

  /** Cases of SQLite's key types. */
  static List<OddStore> onSqlite() {
    return List.of(
        migrated(
                "WITHOUT ROWID",
                "CREATE TABLE memories (id TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID",
                "INSERT INTO memories VALUES ('a', " + quote(TEXT) + "), ('b', 'tiny')")
            .reads("a", TEXT)
            .reads("b", "tiny")
            .inserts(
                "INSERT INTO memories (id, content) VALUES ('c', " + quote(TEXT) + ")", "c", TEXT),
        migrated(
                "a rowid that is not the key",
                "CREATE TABLE memories (id TEXT PRIMARY KEY, content TEXT)",
                "INSERT INTO memories (rowid, id, content) VALUES (700, 'a', " + quote(TEXT) + ")",
                "INSERT INTO memories (rowid, id, content) VALUES (-5, 'b', " + quote(TEXT) + ")")
            .reads("a", TEXT)
            .reads("b", TEXT)
            .finds("SELECT id FROM memories WHERE rowid = 700", "a"),
        migrated(
                "an INTEGER PRIMARY KEY DESC, which is no rowid",
                "CREATE TABLE memories (id INTEGER PRIMARY KEY DESC, content TEXT)",
                "INSERT INTO memories (rowid, id, content) VALUES (50, 1, " + quote(TEXT) + ")",
                "INSERT INTO memories (rowid, id, content) VALUES (40, 2, " + quote(TEXT) + ")")
            .reads("1", TEXT)
            .reads("2", TEXT)
            .inserts(insert(3), "3", TEXT)
            .finds("SELECT rowid FROM memories WHERE id < 3 ORDER BY id", "50", "40"),
        migrated(
                "a column that is named rowid",
                "CREATE TABLE memories (id TEXT PRIMARY KEY, rowid TEXT, content TEXT)",
                "INSERT INTO memories (_rowid_, id, rowid, content) VALUES (9, 'a', 'mine', "
                    + quote(TEXT)
                    + ")")
            .reads("a", TEXT)
            .finds("SELECT rowid || ' ' || _rowid_ FROM memories", "mine 9"),
        migrated(
                "a key that knows no case",
                "CREATE TABLE memories (id TEXT PRIMARY KEY COLLATE NOCASE, content TEXT COLLATE"
                    + " NOCASE)",
                "INSERT INTO memories VALUES ('Abc', " + quote(TEXT) + "), ('abd', 'TINY')")
            .reads("Abc", TEXT)
            .reads("abd", "TINY")
            .inserts(
                "INSERT INTO memories (id, content) VALUES ('ABE', " + quote(TEXT) + ")",
                "ABE",
                TEXT),
        migrated(
                "AUTOINCREMENT",
                "CREATE TABLE memories (id INTEGER PRIMARY KEY AUTOINCREMENT, content TEXT)",
                "INSERT INTO memories VALUES (1, " + quote(TEXT) + "), (500, 'gone')",
                "DELETE FROM memories WHERE id = 500")
            .reads("1", TEXT)
            .inserts("INSERT INTO memories (content) VALUES (" + quote(TEXT) + ")", "501", TEXT),
        refused(
            "keys of several types",
            List.of("`id`", "integer and text"),
            "CREATE TABLE memories (id PRIMARY KEY, content TEXT)",
            "INSERT INTO memories VALUES (1, 'text'), ('one', 'text')"),
        refused(
            "keys that are BLOBs",
            List.of("`id`", "blob"),
            "CREATE TABLE memories (id BLOB PRIMARY KEY, content TEXT)",
            "INSERT INTO memories VALUES (x'00112233445566778899aabbccddeeff', 'text')"),
        refused(
            "keys that are REAL",
            List.of("`id`", "real"),
            "CREATE TABLE memories (id REAL PRIMARY KEY, content TEXT)",
            "INSERT INTO memories VALUES (1.5, 'text')"),
        refused(
            "a key that is NULL",
            List.of("`id`", "NULL"),
            "CREATE TABLE memories (id TEXT PRIMARY KEY, content TEXT)",
            "INSERT INTO memories VALUES ('a', 'text'), (NULL, 'text')"),
        migrated(
                "a text key with U+0000",
                "CREATE TABLE memories (id TEXT PRIMARY KEY, content TEXT)",
                "INSERT INTO memories VALUES ('a' || char(0) || 'b', " + quote(TEXT) + ")",
                "INSERT INTO memories VALUES ('a' || char(0), 'tiny'), ('a', " + quote(TEXT) + ")")
            .with("--batch-size", "1")
            .reads("a\0b", TEXT)
            .reads("a\0", "tiny")
            .reads("a", TEXT)
            .inserts(
                "INSERT INTO memories (id, content) VALUES ('b' || char(0), " + quote(TEXT) + ")",
                "b\0",
                TEXT),
        refused(
            "a text key that is not UTF-8",
            List.of("`id`", "UTF-8"),
            "CREATE TABLE memories (id TEXT PRIMARY KEY, content TEXT)",
            "INSERT INTO memories VALUES ('a', 'text'), (CAST(x'c328' AS TEXT), 'text')"));
  }

  /** Cases of PostgreSQL's key types. */
  static List<OddStore> onPostgres() {
    return List.of(
        migrated(
                "identity, always",
                "CREATE TABLE memories (id bigint GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT"
                    + " 5) PRIMARY KEY, content text)",
                "INSERT INTO memories (content) VALUES (" + quote(TEXT) + "), ('tiny')")
            .reads("5", TEXT)
            .reads("10", "tiny")
            .inserts("INSERT INTO memories (content) VALUES (" + quote(TEXT) + ")", "15", TEXT),
        migrated(
                "identity, by default",
                "CREATE TABLE memories (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,"
                    + " content text NOT NULL)",
                "INSERT INTO memories (id, content) VALUES (40, " + quote(TEXT) + ")",
                "INSERT INTO memories (content) VALUES (" + quote(TEXT) + ")")
            .reads("1", TEXT)
            .reads("40", TEXT)
            .inserts("INSERT INTO memories (content) VALUES (" + quote(TEXT) + ")", "2", TEXT),
        migrated(
                "serial",
                "CREATE TABLE memories (id serial PRIMARY KEY, content text NOT NULL)",
                "INSERT INTO memories (content) VALUES (" + quote(TEXT) + "), ('tiny')",
                "SELECT setval('memories_id_seq', 90)")
            .reads("1", TEXT)
            .reads("2", "tiny")
            .inserts("INSERT INTO memories (content) VALUES (" + quote(TEXT) + ")", "91", TEXT)
            .finds("SELECT pg_get_serial_sequence('memories', 'id')", "public.memories_id_seq"),
        migrated(
                "a sequence that others share",
                "CREATE SEQUENCE ids START 10",
                "CREATE TABLE memories (id bigint PRIMARY KEY DEFAULT nextval('ids'), content text)",
                "CREATE TABLE notes (id bigint PRIMARY KEY DEFAULT nextval('ids'), note text)",
                "INSERT INTO memories (content) VALUES (" + quote(TEXT) + ")",
                "INSERT INTO notes (note) VALUES ('between')")
            .reads("10", TEXT)
            .inserts("INSERT INTO memories (content) VALUES (" + quote(TEXT) + ")", "12", TEXT),
        migrated(
                "a small key at its ends",
                "CREATE TABLE memories (id smallint PRIMARY KEY, content text)",
                "INSERT INTO memories VALUES (-32768, " + quote(TEXT) + "), (32767, 'tiny')")
            .reads("-32768", TEXT)
            .reads("32767", "tiny")
            .inserts(insert(0), "0", TEXT),
        refused(
            "a numeric key",
            List.of("memories", "key"),
            "CREATE TABLE memories (id numeric PRIMARY KEY, content text)",
            "INSERT INTO memories VALUES (1.5, 'text')"),
        refused(
            "a key of a domain",
            List.of("memories", "key"),
            "CREATE DOMAIN memory_id AS bigint CHECK (VALUE > 0)",
            "CREATE TABLE memories (id memory_id PRIMARY KEY, content text)",
            "INSERT INTO memories VALUES (1, 'text')"),
        refused(
            "a deferrable key",
            List.of("memories", "key"),
            "CREATE TABLE memories (id bigint PRIMARY KEY DEFERRABLE, content text)",
            "INSERT INTO memories VALUES (1, 'text')"));
  }
}
