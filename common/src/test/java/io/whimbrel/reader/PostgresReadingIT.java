// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.format.Dictionary;
import io.whimbrel.store.StoreUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads, exports and verifies stores in PostgreSQL. */
final class PostgresReadingIT {

  private static final String[] NEW_FORMAT = {
    "CREATE TABLE memory_segments (segment_id bigint PRIMARY KEY, dictionary_id int,"
        + " raw_size int NOT NULL, memory_count int NOT NULL, body bytea NOT NULL)",
    "CREATE TABLE memory_dictionaries (dictionary_id int PRIMARY KEY, trained_on int NOT NULL,"
        + " created_at timestamptz DEFAULT now(), body bytea NOT NULL)"
  };
  private static final String PACKED_MEMORIES =
      "CREATE TABLE memories (id bigint PRIMARY KEY, title text NOT NULL, content text,"
          + " content_compressed boolean, content_size int, content_segment bigint,"
          + " content_offset int, content_length int, content_crc32c int)";

  private static EmbeddedPostgres server = nothing();

  @SuppressWarnings("NullAway") // Set before all tests.
  private static EmbeddedPostgres nothing() {
    return null;
  }

  @BeforeAll
  static void startServer() throws IOException {
    server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void emptySchema() throws SQLException {
    try (Db db = connect()) {
      db.run(
          "DROP SCHEMA IF EXISTS whimbrel_m4_legacy CASCADE",
          "DROP SCHEMA public CASCADE",
          "CREATE SCHEMA public");
    }
  }

  private static Db connect() throws SQLException {
    return Db.of(server.getPostgresDatabase().getConnection());
  }

  private static MemoryReader open() {
    return MemoryReader.open(
        StoreUrl.parse("postgresql://postgres@127.0.0.1:" + server.getPort() + "/postgres"),
        Map.of());
  }

  @Test
  void values_keepTheirTypes_whenExported() throws Exception {
    try (Db db = connect()) {
      db.run(
          "CREATE TABLE memories (id uuid PRIMARY KEY, i2 smallint, i8 bigint, f4 real,"
              + " f8 double precision, n numeric(20,5), nan numeric, b boolean, content text,"
              + " bytes bytea, j jsonb, t timestamptz, ts timestamp, c char(4), v varchar(9),"
              + " a int[], content_size int)",
          "INSERT INTO memories VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 1,"
              + " 9007199254740993, 0.1, 'Infinity', 1.50, 'NaN', true, 'täxt', '\\x00ff',"
              + " '{\"k\": 1}', '2026-11-22 12:00:00+02', '2026-11-22 12:00:00', 'ab', 'v',"
              + " '{1,2}', NULL)");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryReader reader = open()) {
      assertThat(new JsonLinesExporter().export(reader, out)).isEqualTo(1);
      assertThat(reader.get("A0EEBC999C0B4EF8BB6D6BB9BD380A11")).isPresent();
      assertThat(reader.get("no uuid")).isEmpty();
    }
    assertThat(out.toString(UTF_8))
        .isEqualTo(
            "{\"id\":\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\",\"i2\":1,\"i8\":9007199254740993,"
                + "\"f4\":0.1,\"f8\":\"Infinity\",\"n\":1.50000,\"nan\":\"NaN\",\"b\":true,"
                + "\"content\":\"täxt\",\"bytes\":{\"base64\":\"AP8=\"},\"j\":\"{\\\"k\\\": 1}\","
                + "\"t\":\"2026-11-22 10:00:00+00\",\"ts\":\"2026-11-22 12:00:00\",\"c\":\"ab  \","
                + "\"v\":\"v\",\"a\":\"{1,2}\",\"content_size\":null}\n");
  }

  @Test
  void get_isOneStatement_withoutATransaction() throws Exception {
    try (Db db = connect().run(NEW_FORMAT).run(PACKED_MEMORIES)) {
      NewFormat.pack(db, 2, 4096, null, List.of("packed"));
      try (MemoryReader reader = open()) {
        assertThat(reader.get("1").orElseThrow().content().text()).isEqualTo("packed");
        reader.get("1");
        // One connection is enough, and the row was the last thing it was asked for.
        assertThat(
                db.texts(
                    "SELECT query FROM pg_stat_activity WHERE application_name = 'whimbrel'"
                        + " AND state = 'idle'"))
            .singleElement()
            .asString()
            .contains("/* look 1 */", "FROM \"public\".\"memories\"");
      }
    }
  }

  @Test
  void moments_areInUtc_whereverTheReaderIs() throws Exception {
    TimeZone before = TimeZone.getDefault();
    try (Db db = connect()) {
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
      db.run(
          "CREATE TABLE memories (id int PRIMARY KEY, content text, t timestamptz)",
          "INSERT INTO memories VALUES (1, 'text', '2026-11-22 12:00:00+02')");
      try (MemoryReader reader = open()) {
        assertThat(reader.get("1").orElseThrow().columns())
            .containsEntry("t", "2026-11-22 10:00:00+00");
        reader.forEach(
            memory -> assertThat(memory.columns()).containsEntry("t", "2026-11-22 10:00:00+00"));
      }
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void legacyForms_areDecoded() throws Exception {
    String packed = "eJzLKCkpKLbS1y8vL9dLzs/VLy0GAEhQB2E=";
    try (Db db = connect()) {
      db.run(
          "CREATE TABLE memories (id serial PRIMARY KEY, content text NOT NULL,"
              + " content_compressed boolean, content_size int)",
          "CREATE TABLE memory_chunks (id serial PRIMARY KEY, memory_id int NOT NULL,"
              + " chunk_index int NOT NULL, chunk_data text NOT NULL, compression_type text,"
              + " chunk_metadata json)",
          "INSERT INTO memories (content, content_compressed) VALUES ('plain', NULL), ('', true),"
              + " ('"
              + packed.substring(0, 20)
              + "', true), (repeat('ü', 100000), false)",
          "INSERT INTO memory_chunks (memory_id, chunk_index, chunk_data, compression_type,"
              + " chunk_metadata) VALUES (2, 1, 'second', 'none', '{}'), (2, 0, 'first ', NULL, NULL)");
    }
    try (MemoryReader reader = open()) {
      List<String> texts = new ArrayList<>();
      reader.forEach(memory -> texts.add(memory.content().text()));
      assertThat(texts)
          .containsExactly("plain", "first second", packed.substring(0, 20), "ü".repeat(100_000));
      assertThat(reader.get("2").orElseThrow().content().form()).isEqualTo(ContentForm.CHUNKED);
      assertThat(reader.list("2", 5))
          .hasSize(2)
          .allSatisfy(memory -> assertThat(memory.content().utf8()).isNotEmpty());
      StoreVerification found = new StoreVerifier().verify(reader);
      assertThat(found.isSound()).isTrue();
      assertThat(found.memories()).isEqualTo(4);
      assertThat(found.quarantined()).isEqualTo(1);
    }
  }

  @Test
  void migratedAndMixedStore_isReadAndVerified() throws Exception {
    List<String> texts = NewFormat.texts(600, 5);
    try (Db db = connect().run(NEW_FORMAT).run(PACKED_MEMORIES);
        Dictionary dictionary = NewFormat.dictionary(db, 1, String.join(" ", texts))) {
      NewFormat.pack(db, 2, 4096, dictionary, texts);
      db.run("INSERT INTO memories VALUES (601, 't', 'inline', false, 6)");
      try (MemoryReader reader = open()) {
        List<String> read = new ArrayList<>();
        reader.forEach(memory -> read.add(memory.content().text()));
        assertThat(read).hasSize(601).startsWith(texts.toArray(new String[0])).endsWith("inline");
        StoreVerification sound = new StoreVerifier().verify(reader);
        assertThat(sound.isSound()).isTrue();
        assertThat(sound.count(ContentForm.PACKED)).isEqualTo(600);

        Memory moved = reader.get("300").orElseThrow();
        db.run(
            "CREATE SCHEMA whimbrel_m4_legacy",
            "CREATE TABLE whimbrel_m4_legacy.memories AS SELECT id, title FROM memories",
            "UPDATE memories SET content = 'moved' WHERE id = 300",
            "DELETE FROM memories WHERE id = 1",
            "DELETE FROM memory_segments WHERE segment_id = (SELECT content_segment FROM memories"
                + " WHERE id = 300)",
            "DELETE FROM memory_segments WHERE segment_id = (SELECT max(segment_id) FROM"
                + " memory_segments)");
        assertThat(moved.content().text()).isIn("moved", texts.get(299));
        assertThatThrownBy(
                () -> new MemoryReader(reader.store()).get("600").orElseThrow().content())
            .isInstanceOf(UnreadableMemoryException.class);
        StoreVerification damaged = new StoreVerifier().verify(reader);
        assertThat(damaged.retainedMigration()).hasValue(4);
        assertThat(damaged.count(StoreFault.LOST_MEMORY)).isEqualTo(1);
        assertThat(damaged.faults())
            .containsOnlyKeys(StoreFault.LOST_MEMORY, StoreFault.MISSING_SEGMENT);
      }
    }
  }

  @Test
  void reader_seesTheNewTable_whenItIsSwappedInMeanwhile() throws Exception {
    try (Db db = connect().run(NEW_FORMAT)) {
      db.run(
          "CREATE TABLE memories (id int PRIMARY KEY, content text NOT NULL)",
          "INSERT INTO memories VALUES (1, 'legacy')");
      try (MemoryReader reader = open()) {
        assertThat(reader.get("1").orElseThrow().content().text()).isEqualTo("legacy");
        db.run("DROP TABLE memories", PACKED_MEMORIES);
        NewFormat.pack(db, 2, 4096, null, List.of("packed"));
        assertThat(reader.get("1").orElseThrow().content().text()).isEqualTo("packed");
        assertThat(reader.get("1").orElseThrow().columns()).containsKey("title");
      }
    }
  }

  @Test
  void walk_holdsOffASwap_untilItHasEnded() throws Exception {
    try (Db db = connect()) {
      db.run(
          "CREATE TABLE memories (id text PRIMARY KEY, content text NOT NULL)",
          "INSERT INTO memories VALUES ('b', 'two'), ('a', 'one')",
          "SET lock_timeout = '50ms'");
      try (MemoryReader reader = open()) {
        List<String> keys = new ArrayList<>();
        reader.forEach(
            memory -> {
              keys.add(memory.key());
              assertThatThrownBy(() -> db.run("DROP TABLE memories"))
                  .isInstanceOf(SQLException.class);
            });
        assertThat(keys).containsExactly("a", "b");
        db.run("DROP TABLE memories");
      }
    }
  }
}
