// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.e2e.OddSql.NO_SIZE;
import static io.whimbrel.e2e.OddSql.base64;
import static io.whimbrel.e2e.OddSql.insert;
import static io.whimbrel.e2e.OddSql.memories;
import static io.whimbrel.e2e.OddSql.quote;
import static io.whimbrel.e2e.OddSql.row;
import static io.whimbrel.e2e.OddSql.utf8;
import static io.whimbrel.e2e.OddSql.zlib;
import static io.whimbrel.e2e.OddStore.TEXT;
import static io.whimbrel.e2e.OddStore.migrated;
import static io.whimbrel.e2e.OddStore.refused;

import java.util.List;

/** Memories in pieces, whole and not. */
final class OddChunks {

  private static final String CHUNKS =
      "CREATE TABLE memory_chunks (id integer PRIMARY KEY, memory_id integer, chunk_index integer,"
          + " chunk_data text, compression_type varchar(20), chunk_metadata text)";
  private static final String PACKED = base64(zlib(utf8(TEXT)));

  private OddChunks() {}

  private static String chunk(int id, long memory, int index, String data, String type) {
    return "INSERT INTO memory_chunks VALUES ("
        + id
        + ", "
        + memory
        + ", "
        + index
        + ", "
        + quote(data)
        + ", "
        + quote(type)
        + ", '{}')";
  }

  /** Cases that exist on both databases. */
  static List<OddStore> on(Backend backend) {
    return List.of(
        migrated(
                "chunks, whole and of nobody",
                memories(backend),
                CHUNKS,
                row(backend, 1, "", true, TEXT.length() + 4),
                row(backend, 2, "", true, NO_SIZE),
                row(backend, 3, TEXT, false, TEXT.length()),
                chunk(1, 1, 1, "tail", "none"),
                chunk(2, 1, 0, PACKED, "zstd"),
                chunk(3, 2, 0, "", "none"),
                // Of a memory that was deleted, and whose id another has now.
                chunk(4, 3, 0, "of the one before", "none"),
                chunk(5, 99, 0, "of nobody", "none"))
            .reads("1", TEXT + "tail")
            .reads("2", "")
            .reads("3", TEXT)
            .inserts(insert(4), "4", TEXT)
            .finds("SELECT count(*) FROM memory_chunks", "5"),
        migrated(
                "chunks that are missing or repeat",
                memories(backend),
                CHUNKS,
                row(backend, 1, "", true, 5_000),
                row(backend, 2, "", true, NO_SIZE),
                row(backend, 3, "", true, NO_SIZE),
                chunk(1, 1, 0, PACKED, "zstd"),
                chunk(2, 2, 1, TEXT, "none"),
                chunk(3, 3, 0, TEXT, "none"),
                chunk(4, 3, 0, TEXT, "none"))
            .reads("1", TEXT)
            .reads("2", TEXT)
            .reads("3", TEXT + TEXT)
            .lists("1", "WARNING", "cut-chunks")
            .lists("2", "WARNING", "cut-chunks")
            .lists("3", "WARNING", "cut-chunks"),
        migrated(
                "chunks that are broken",
                memories(backend),
                CHUNKS,
                row(backend, 1, "", true, NO_SIZE),
                row(backend, 2, "", true, NO_SIZE),
                chunk(1, 1, 0, PACKED.substring(0, 40), "zstd"),
                chunk(2, 2, 0, TEXT, "zstd"))
            .reads("1", "")
            .reads("2", "")
            .lists("1", "QUARANTINE", "cut-stream")
            .lists("2", "QUARANTINE", "corrupt-stream"),
        migrated(
                "a chunk without data",
                memories(backend),
                CHUNKS,
                row(backend, 1, "", true, TEXT.length()),
                chunk(1, 1, 0, TEXT, "none"),
                "INSERT INTO memory_chunks VALUES (2, 1, 1, NULL, 'none', NULL)")
            .reads("1", TEXT),
        migrated(
                "a table of chunks without the optional columns",
                memories(backend),
                "CREATE TABLE memory_chunks (memory_id integer, chunk_index integer, chunk_data"
                    + " text)",
                row(backend, 1, "", true, 2L * TEXT.length()),
                "INSERT INTO memory_chunks VALUES (1, 1, " + quote(TEXT) + ")",
                "INSERT INTO memory_chunks VALUES (1, 0, " + quote(TEXT) + ")")
            .reads("1", TEXT + TEXT),
        migrated(
                "a table of that name for something else",
                memories(backend),
                "CREATE TABLE memory_chunks (id integer PRIMARY KEY, memory_id integer, embedding"
                    + " text)",
                insert(1),
                "INSERT INTO memory_chunks VALUES (1, 1, '[0.5]')")
            .reads("1", TEXT)
            .inserts(insert(2), "2", TEXT),
        refused(
            "chunks in a table that cannot be read",
            List.of("memory_chunks", "chunk_data"),
            memories(backend),
            "CREATE TABLE memory_chunks (id integer PRIMARY KEY, memory_id integer, chunk_index"
                + " integer, piece text)",
            row(backend, 1, "", true, TEXT.length()),
            "INSERT INTO memory_chunks VALUES (1, 1, 0, " + quote(TEXT) + ")"));
  }

  /** A value of another type in a piece. */
  static List<OddStore> onSqlite() {
    return List.of(
        migrated(
                "a chunk stored as BLOB",
                memories(Backend.SQLITE),
                CHUNKS,
                row(Backend.SQLITE, 1, "", true, NO_SIZE),
                "INSERT INTO memory_chunks VALUES (1, 1, 0, x'c328', 'none', NULL)")
            .reads("1", "")
            .lists("1", "QUARANTINE", "not-text"),
        migrated(
                "chunks of a memory whose key is text",
                "CREATE TABLE memories (id TEXT PRIMARY KEY, content TEXT, content_compressed"
                    + " BOOLEAN)",
                "CREATE TABLE memory_chunks (id INTEGER PRIMARY KEY, memory_id TEXT, chunk_index"
                    + " INTEGER, chunk_data TEXT, compression_type TEXT, chunk_metadata TEXT)",
                "INSERT INTO memories VALUES ('a', '', 1)",
                "INSERT INTO memory_chunks VALUES (1, 'a', 0, "
                    + quote(TEXT)
                    + ", 'none', 'no JSON')")
            .reads("a", TEXT));
  }

  /** Keys of chunks that are not of the memories' type. */
  static List<OddStore> onPostgres() {
    return List.of(
        refused(
            "chunks of bytes",
            List.of("memory_chunks", "chunk_data"),
            memories(Backend.POSTGRES_NEWEST),
            "CREATE TABLE memory_chunks (memory_id bigint, chunk_index integer, chunk_data bytea)",
            row(Backend.POSTGRES_NEWEST, 1, "", true, TEXT.length()),
            "INSERT INTO memory_chunks VALUES (1, 0, 'text')"),
        refused(
            "chunks whose key is of another type",
            List.of("memory_chunks", "memory_id"),
            memories(Backend.POSTGRES_NEWEST),
            "CREATE TABLE memory_chunks (id integer, memory_id text, chunk_index integer,"
                + " chunk_data text)",
            row(Backend.POSTGRES_NEWEST, 1, "", true, TEXT.length()),
            "INSERT INTO memory_chunks VALUES (1, '1', 0, " + quote(TEXT) + ")"));
  }
}
