// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.format.Dictionary;
import io.whimbrel.store.StoreUrl;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads a store in the new format, sound, mixed, changing and damaged. */
final class MigratedStoreReadingIT {

  private static final long RANGE = 3;
  private static final long FIRST_SEGMENT = RANGE << 20;
  private static final List<String> TEXTS = NewFormat.texts(600, 1);

  private Path file = Path.of("");
  private Db db = nothing();

  @SuppressWarnings("NullAway") // Set before each test.
  private static Db nothing() {
    return null;
  }

  @BeforeEach
  void createStore(@TempDir Path folder) throws SQLException {
    file = folder.resolve("memory.db");
    db = Db.sqlite(file).run(NewFormat.SQLITE_TABLES);
    try (Dictionary dictionary = NewFormat.dictionary(db, 1, String.join(" ", TEXTS))) {
      db.run("PRAGMA journal_mode = wal", "BEGIN");
      NewFormat.pack(db, RANGE, 4096, dictionary, TEXTS);
      db.run("COMMIT");
    }
  }

  @AfterEach
  void closeStore() throws SQLException {
    db.close();
  }

  private MemoryReader open() {
    return MemoryReader.open(new StoreUrl.SqliteUrl(file), Map.of());
  }

  private static String text(MemoryReader reader, long id) {
    return reader.get(Long.toString(id)).orElseThrow().content().text();
  }

  @Test
  void content_comesFromItsSegment_whenPacked() {
    try (MemoryReader reader = open()) {
      List<String> texts = new ArrayList<>();
      reader.forEach(memory -> texts.add(memory.content().text()));
      assertThat(texts).isEqualTo(TEXTS);
      Memory memory = reader.get("17").orElseThrow();
      assertThat(memory.contentLength())
          .hasValue(TEXTS.get(16).getBytes(java.nio.charset.StandardCharsets.UTF_8).length);
      assertThat(memory.content().form()).isEqualTo(ContentForm.PACKED);
      assertThat(memory.content().text()).isEqualTo(TEXTS.get(16));
      assertThat(memory.columns()).doesNotContainKey("content_segment").containsKey("title");
    }
  }

  @Test
  void content_isNotLoaded_beforeItIsAskedFor() throws SQLException {
    try (MemoryReader reader = open()) {
      db.run("DELETE FROM memory_segments");
      Memory memory = reader.get("1").orElseThrow();
      assertThat(memory.columns()).containsEntry("title", "memory 1");
      assertThat(reader.list(null, 600)).hasSize(600);
      assertThatThrownBy(memory::content)
          .isInstanceOf(UnreadableMemoryException.class)
          .hasMessage("memory 1 cannot be read: its segment is missing: segment=" + FIRST_SEGMENT);
    }
  }

  @Test
  void neighbours_comeFromTheSameSegment_withoutAnotherLook() throws SQLException {
    try (MemoryReader reader = open()) {
      assertThat(text(reader, 1)).isEqualTo(TEXTS.get(0));
      db.run("DELETE FROM memory_segments");
      assertThat(text(reader, 2)).isEqualTo(TEXTS.get(1));
    }
  }

  @Test
  void segment_comesWithItsRow_whenTheOneBeforeHadToBeRead() throws SQLException {
    try (MemoryReader reader = open()) {
      assertThat(text(reader, 1)).isEqualTo(TEXTS.get(0));
      Memory memory = reader.get("600").orElseThrow();
      db.run("DELETE FROM memory_segments");
      assertThat(memory.content().text()).isEqualTo(TEXTS.get(599));
    }
  }

  @Test
  void content_isReadAnew_whenTheSegmentThatCameWithItsRowIsDamaged() throws SQLException {
    try (MemoryReader reader = open()) {
      assertThat(text(reader, 1)).isEqualTo(TEXTS.get(0));
      db.run("UPDATE memory_segments SET body = x'00' WHERE segment_id > " + FIRST_SEGMENT);
      Memory memory = reader.get("600").orElseThrow();
      NewFormat.pack(db, 9, 4096, null, TEXTS);
      assertThat(memory.content().text()).isEqualTo(TEXTS.get(599));
    }
  }

  @Test
  void inlineContent_rules_whenThePointerIsStillThere() throws SQLException {
    db.run(
        "UPDATE memories SET content = 'written later' WHERE id = 5",
        "INSERT INTO memories (id, title, content) VALUES (1000, 'new', 'inline')",
        "INSERT INTO memories (id, title, content) VALUES (1001, 'none', NULL)");
    try (MemoryReader reader = open()) {
      assertThat(text(reader, 5)).isEqualTo("written later");
      assertThat(reader.get("5").orElseThrow().contentLength()).isEmpty();
      assertThat(text(reader, 6)).isEqualTo(TEXTS.get(5));
      assertThat(text(reader, 1000)).isEqualTo("inline");
      assertThat(reader.get("1001").orElseThrow().content().form()).isEqualTo(ContentForm.ABSENT);
    }
  }

  @Test
  void content_isFound_whenTheMemoryWasMovedSinceItsRowWasRead() throws SQLException {
    try (MemoryReader reader = open()) {
      List<Memory> before = reader.list(null, 600);
      NewFormat.pack(db, 9, 4096, null, TEXTS);
      db.run("DELETE FROM memory_segments WHERE segment_id < " + (9L << 20));
      assertThat(before)
          .extracting(memory -> memory.content().text())
          .containsExactlyElementsOf(TEXTS);
    }
  }

  @Test
  void content_isFound_whenTheMemoryWentInlineSinceItsRowWasRead() throws SQLException {
    try (MemoryReader reader = open()) {
      Memory memory = reader.get("8").orElseThrow();
      db.run(
          "UPDATE memories SET content = 'inline now', content_segment = NULL WHERE id = 8",
          "DELETE FROM memory_segments");
      assertThat(memory.content().text()).isEqualTo("inline now");
    }
  }

  @Test
  void content_fails_whenTheMemoryWasDeletedSinceItsRowWasRead() throws SQLException {
    try (MemoryReader reader = open()) {
      Memory memory = reader.get("8").orElseThrow();
      db.run("DELETE FROM memories", "DELETE FROM memory_segments");
      assertThatThrownBy(memory::content)
          .isInstanceOf(UnreadableMemoryException.class)
          .hasMessageContaining("deleted");
    }
  }

  @Test
  void content_fails_whenItsBytesAreDamaged() throws SQLException {
    db.run(
        "UPDATE memory_segments SET body = substr(body, 1, length(body) - 9) || x'00'"
            + " || substr(body, length(body) - 7) WHERE segment_id = "
            + FIRST_SEGMENT,
        "UPDATE memories SET content_crc32c = content_crc32c + 1 WHERE id = 600",
        "UPDATE memories SET content_length = 1000000 WHERE id = 599",
        "UPDATE memories SET content_offset = NULL WHERE id = 598");
    try (MemoryReader reader = open()) {
      for (long id : new long[] {1, 598, 599, 600}) {
        assertThatThrownBy(() -> text(reader, id))
            .isInstanceOfSatisfying(
                UnreadableMemoryException.class,
                e -> assertThat(e.key()).isEqualTo(Long.toString(id)));
      }
      assertThat(text(reader, 597)).isEqualTo(TEXTS.get(596));
    }
  }

  @Test
  void content_fails_whenTheDictionaryIsMissing() throws SQLException {
    db.run("DELETE FROM memory_dictionaries");
    try (MemoryReader reader = open()) {
      assertThatThrownBy(() -> text(reader, 1))
          .isInstanceOf(UnreadableMemoryException.class)
          .hasMessageContaining("dictionary is missing");
    }
  }

  @Test
  void content_isFound_whenADictionaryIdMeansAnotherDictionaryNow() throws SQLException {
    try (MemoryReader reader = open()) {
      assertThat(text(reader, 1)).isEqualTo(TEXTS.get(0));
      List<String> others = NewFormat.texts(600, 2);
      db.run("DELETE FROM memory_segments");
      try (Dictionary another = NewFormat.dictionary(db, 1, String.join(" ", others))) {
        NewFormat.pack(db, 10, 4096, another, others);
      }
      List<String> texts = new ArrayList<>();
      reader.forEach(memory -> texts.add(memory.content().text()));
      assertThat(texts).isEqualTo(others);
    }
  }

  @Test
  void reader_seesTheNewTable_whenItIsSwappedInMeanwhile() throws SQLException {
    db.run(
        "ALTER TABLE memories RENAME TO packed",
        "CREATE TABLE memories (id INTEGER PRIMARY KEY, content TEXT NOT NULL)",
        "INSERT INTO memories VALUES (1, 'legacy')");
    try (MemoryReader reader = open()) {
      assertThat(text(reader, 1)).isEqualTo("legacy");
      db.run("DROP TABLE memories", "ALTER TABLE packed RENAME TO memories");
      assertThat(text(reader, 1)).isEqualTo(TEXTS.get(0));
      assertThat(reader.get("1").orElseThrow().columns()).containsKey("title");
    }
  }

  @Test
  void get_servesManyThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (MemoryReader reader = open()) {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        int first = thread;
        results.add(
            threads.submit(
                () -> {
                  for (int id = first; id < 600; id += 7) {
                    if (!text(reader, id + 1).equals(TEXTS.get(id))) {
                      return false;
                    }
                  }
                  return true;
                }));
      }
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
