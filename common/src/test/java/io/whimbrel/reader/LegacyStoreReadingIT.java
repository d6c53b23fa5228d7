// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.legacy.ContentProblem;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreUrl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads a store that no migration has touched. */
final class LegacyStoreReadingIT {

  private static final String TEXT = "A whimbrel crosses oceans in one flight. Das auch: Möwe 🪶";

  private Path file = Path.of("");

  @BeforeEach
  void createStore(@TempDir Path folder) throws Exception {
    file = folder.resolve("memory.db");
    String cut = zlib(TEXT.repeat(20)).substring(0, 100);
    try (Db db = Db.sqlite(file)) {
      db.run(
          "CREATE TABLE memories (id INTEGER PRIMARY KEY, title VARCHAR(200) NOT NULL,"
              + " content TEXT NOT NULL, content_compressed BOOLEAN, content_size INTEGER)",
          "CREATE TABLE memory_chunks (id INTEGER PRIMARY KEY, memory_id INTEGER NOT NULL,"
              + " chunk_index INTEGER NOT NULL, chunk_data TEXT NOT NULL, chunk_metadata JSON,"
              + " compression_type VARCHAR(20))");
      insert(db, 1, TEXT, null, null);
      insert(db, 2, zlib(TEXT), 1, null);
      insert(db, 3, gzip(TEXT), 1, null);
      insert(db, 4, "", 1, TEXT.codePointCount(0, TEXT.length()));
      db.run(
          "INSERT INTO memory_chunks VALUES (7, 4, 1, '" + TEXT.substring(9) + "', NULL, 'none')");
      db.update(
          "INSERT INTO memory_chunks VALUES (8, 4, 0, ?, NULL, 'zstd')",
          zlib(TEXT.substring(0, 9)));
      insert(db, 5, cut, 1, 2_000);
      insert(db, 6, TEXT, 1, null);
      insert(db, 7, zlib(TEXT), 0, null);
      insert(db, 8, new byte[] {1, 2, 3}, 0, null);
      insert(db, 9, "", 0, 12);
    }
  }

  private static void insert(
      Db db, long id, Object content, @Nullable Object flag, @Nullable Object size)
      throws Exception {
    db.update("INSERT INTO memories VALUES (?, ?, ?, ?, ?)", id, "t" + id, content, flag, size);
  }

  private MemoryReader open() {
    return MemoryReader.open(new StoreUrl.SqliteUrl(file), Map.of());
  }

  @Test
  void content_isDecoded_whateverItsForm() {
    try (MemoryReader reader = open()) {
      assertContent(reader, "1", ContentForm.INLINE, TEXT);
      assertContent(reader, "2", ContentForm.ZLIB, TEXT);
      assertContent(reader, "3", ContentForm.GZIP, TEXT);
      assertContent(reader, "4", ContentForm.CHUNKED, TEXT);
      assertContent(reader, "6", ContentForm.INLINE, TEXT);
      assertContent(reader, "7", ContentForm.INLINE, zlib(TEXT));
      assertContent(reader, "9", ContentForm.INLINE, "");
      assertThat(reader.get("6").orElseThrow().content().problem())
          .isEqualTo(ContentProblem.WRONG_FLAG);
      assertThat(reader.get("9").orElseThrow().content().problem())
          .isEqualTo(ContentProblem.INTERRUPTED_CREATE);
    }
  }

  @Test
  void content_isTheStoredText_whenItIsQuarantined() {
    try (MemoryReader reader = open()) {
      MemoryContent cut = reader.get("5").orElseThrow().content();
      assertThat(cut.form()).isEqualTo(ContentForm.QUARANTINED);
      assertThat(cut.problem()).isEqualTo(ContentProblem.CUT_STREAM);
      assertThat(cut.text()).isEqualTo(zlib(TEXT.repeat(20)).substring(0, 100));
      MemoryContent blob = reader.get("8").orElseThrow().content();
      assertThat(blob.problem()).isEqualTo(ContentProblem.NOT_TEXT);
      assertThat(blob.utf8()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void get_isEmpty_whenNoRowHasTheKey() {
    try (MemoryReader reader = open()) {
      assertThat(reader.get("10")).isEmpty();
      assertThat(reader.get("ten")).isEmpty();
      assertThat(reader.get("99999999999999999999")).isEmpty();
    }
  }

  @Test
  void columns_areAllButTheContent_inTableOrder() {
    try (MemoryReader reader = open()) {
      Memory memory = reader.get("4").orElseThrow();
      assertThat(memory.columns().keySet())
          .containsExactly("id", "title", "content_compressed", "content_size");
      assertThat(memory.columnNames())
          .containsExactly("id", "title", "content", "content_compressed", "content_size");
      assertThat(memory.columns()).containsEntry("id", 4L).containsEntry("title", "t4");
      assertThat(memory.contentLength()).isEmpty();
    }
  }

  @Test
  void list_goesOnAfterTheKey_andLoadsContentOnDemand() {
    try (MemoryReader reader = open()) {
      List<Memory> first = reader.list(null, 4);
      assertThat(first).extracting(Memory::key).containsExactly("1", "2", "3", "4");
      assertThat(first).allSatisfy(m -> assertThat(m.content().text()).isEqualTo(TEXT));
      assertThat(reader.list("4", 100)).extracting(Memory::key).startsWith("5").hasSize(5);
      assertThat(reader.list("9", 100)).isEmpty();
    }
  }

  @Test
  void walk_seesEveryMemoryOnce_whenThereAreManyPages() throws Exception {
    try (Db db = Db.sqlite(file)) {
      db.run(
          "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
              + " INSERT INTO memories SELECT i * 3, 't', 'text ' || i, 0, NULL FROM n",
          "INSERT INTO memories SELECT -5, 'long', printf('%.*c', 100000, 'x'), 0, NULL");
    }
    try (MemoryReader reader = open()) {
      List<String> walked = new ArrayList<>();
      reader.forEach(memory -> walked.add(memory.key() + memory.content().text()));
      assertThat(walked).hasSize(1_001).doesNotHaveDuplicates();
      assertThat(walked.get(0)).isEqualTo("-5" + "x".repeat(100_000));
      assertThat(walked.get(1_000)).isEqualTo("3000text 1000");
      List<String> iterated = new ArrayList<>();
      try (MemoryIterator memories = reader.iterate()) {
        memories.forEachRemaining(m -> iterated.add(m.key() + m.content().text()));
      }
      assertThat(iterated).isEqualTo(walked);
    }
  }

  @Test
  void iterate_endsAtOnce_whenClosed() {
    try (MemoryReader reader = open()) {
      MemoryIterator memories = reader.iterate();
      assertThat(memories.next().key()).isEqualTo("1");
      memories.close();
      assertThat(memories.hasNext()).isFalse();
    }
  }

  @Test
  void walk_seesOneSnapshot_whenTheStoreIsWrittenMeanwhile() throws Exception {
    try (Db db = Db.sqlite(file);
        MemoryReader reader = open()) {
      db.run("PRAGMA journal_mode = wal");
      List<String> texts = new ArrayList<>();
      reader.forEach(
          memory -> {
            if (texts.isEmpty()) {
              write(db);
            }
            texts.add(memory.content().text());
          });
      assertThat(texts).hasSize(9).doesNotContain("later");
      assertThat(texts.get(3)).isEqualTo(TEXT);
      assertThat(reader.get("4").orElseThrow().content().text()).isEqualTo("later");
    }
  }

  private static void write(Db db) {
    try {
      db.run("UPDATE memories SET content = 'later', content_compressed = 0");
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void get_readsByText_whenTheKeyIsText() throws Exception {
    Path other = file.resolveSibling("text.db");
    try (Db db = Db.sqlite(other)) {
      db.run(
          "CREATE TABLE memories (id TEXT PRIMARY KEY NOT NULL, content TEXT NOT NULL)",
          "INSERT INTO memories VALUES ('b', 'second'), ('a', 'first'), ('', 'empty key')");
    }
    try (MemoryReader reader = MemoryReader.open(new StoreUrl.SqliteUrl(other), Map.of())) {
      assertThat(reader.get("a").orElseThrow().content().text()).isEqualTo("first");
      assertThat(reader.list(null, 9)).extracting(Memory::key).containsExactly("", "a", "b");
    }
  }

  @Test
  void open_isRefused_whenThereAreNoMemories() throws Exception {
    Path other = file.resolveSibling("other.db");
    try (Db db = Db.sqlite(other)) {
      db.run("CREATE TABLE notes (id INTEGER)");
    }
    assertThatThrownBy(() -> MemoryReader.open(new StoreUrl.SqliteUrl(other), Map.of()))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("memories");
  }

  private static void assertContent(
      MemoryReader reader, String key, ContentForm form, String text) {
    MemoryContent content = reader.get(key).orElseThrow().content();
    assertThat(content.form()).as(key).isEqualTo(form);
    assertThat(content.text()).as(key).isEqualTo(text);
  }

  private static String zlib(String text) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
      out.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(packed.toByteArray());
  }

  private static String gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(UTF_8));
    }
    return Base64.getEncoder().encodeToString(packed.toByteArray());
  }
}
