// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.store.StoreUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads from several threads while the table is swapped to and fro, altered and swapped back. */
final class ReadingBesideSwapsIT {

  private static final int SWAPS = 200;
  private static final List<String> TEXTS = NewFormat.texts(60, 8);
  private static final String LEGACY = "CREATE TABLE legacy (id bigint PRIMARY KEY, content text)";

  /** More often than the driver waits before the server keeps the plan. */
  private static final int READS = 8;

  /** A store whose table is packed, with the legacy table beside it. */
  private record Scene(Db db, MemoryReader reader) {}

  private interface Play {
    void in(Scene scene) throws Exception;
  }

  private static void onSqlite(Path folder, Play play) throws Exception {
    Path file = folder.resolve("memory.db");
    try (Db db = Db.sqlite(file).run("PRAGMA journal_mode = wal").run(NewFormat.SQLITE_TABLES)) {
      fill(db);
      try (MemoryReader reader = MemoryReader.open(new StoreUrl.SqliteUrl(file), Map.of())) {
        play.in(new Scene(db, reader));
      }
    }
  }

  private static void onPostgres(Play play) throws Exception {
    try (EmbeddedPostgres server =
            EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        Db db = Db.of(server.getPostgresDatabase().getConnection())) {
      for (String table : NewFormat.SQLITE_TABLES) {
        db.run(table.replace("BLOB", "bytea"));
      }
      db.run("ALTER TABLE memory_segments ALTER segment_id TYPE bigint");
      db.run("ALTER TABLE memories ALTER id TYPE bigint, ALTER content_segment TYPE bigint");
      fill(db);
      String url = "postgresql://postgres@127.0.0.1:" + server.getPort() + "/postgres";
      try (MemoryReader reader = MemoryReader.open(StoreUrl.parse(url), Map.of())) {
        play.in(new Scene(db, reader));
      }
    }
  }

  private static void fill(Db db) throws SQLException {
    NewFormat.pack(db, 3, 1024, null, TEXTS);
    db.run(LEGACY);
    for (int index = 0; index < TEXTS.size(); index++) {
      db.update("INSERT INTO legacy VALUES (?, ?)", index + 1, TEXTS.get(index));
    }
  }

  private static void swapIn(Db db) throws SQLException {
    swap(db, "legacy", "packed");
  }

  private static void swapBack(Db db) throws SQLException {
    swap(db, "packed", "legacy");
  }

  private static void swap(Db db, String away, String in) throws SQLException {
    // The table that serves goes away under its own name.
    db.run(
        "BEGIN",
        "ALTER TABLE memories RENAME TO " + away,
        "ALTER TABLE " + in + " RENAME TO memories",
        "COMMIT");
  }

  private static String text(MemoryReader reader, int id) {
    return reader.get(Integer.toString(id)).orElseThrow().content().text();
  }

  private static void readWhileSwapping(Scene scene) throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<Integer>> readers = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        readers.add(threads.submit(() -> read(scene.reader(), ended)));
      }
      for (int round = 0; round < SWAPS; round++) {
        swapBack(scene.db());
        assertThat(text(scene.reader(), 1)).isEqualTo(TEXTS.get(0));
        swapIn(scene.db());
      }
      ended.set(true);
      for (Future<Integer> reads : readers) {
        assertThat(reads.get()).isPositive();
      }
    } finally {
      ended.set(true);
      threads.shutdownNow();
    }
  }

  private static int read(MemoryReader reader, AtomicBoolean ended) {
    int reads = 0;
    do {
      for (int id = 1; id <= TEXTS.size(); id++) {
        assertThat(text(reader, id)).isEqualTo(TEXTS.get(id - 1));
      }
      assertThat(reader.list("10", 20))
          .extracting(memory -> memory.content().text())
          .isEqualTo(TEXTS.subList(10, 30));
      reads++;
    } while (!ended.get());
    return reads;
  }

  private static void swapBackWithoutSegments(Scene scene) throws SQLException {
    try (MemoryReader cold = new MemoryReader(scene.reader().store())) {
      List<Memory> packed = cold.list(null, TEXTS.size());
      swapBack(scene.db());
      scene.db().run("DROP TABLE memory_segments");
      assertThat(packed).extracting(memory -> memory.content().text()).isEqualTo(TEXTS);
      assertThat(text(cold, 7)).isEqualTo(TEXTS.get(6));
    }
  }

  private static void readOften(MemoryReader reader) {
    for (int read = 0; read < READS; read++) {
      assertThat(text(reader, 2)).isEqualTo(TEXTS.get(1));
      assertThat(reader.list("1", 3)).hasSize(3);
    }
  }

  @Test
  void get_findsEveryText_besideSwaps_onSqlite(@TempDir Path folder) throws Exception {
    onSqlite(folder, ReadingBesideSwapsIT::readWhileSwapping);
  }

  @Test
  void get_findsEveryText_besideSwaps_onPostgres() throws Exception {
    onPostgres(ReadingBesideSwapsIT::readWhileSwapping);
  }

  @Test
  void content_isFound_whenSwappedBackAndTheSegmentsDropped_onSqlite(@TempDir Path folder)
      throws Exception {
    onSqlite(folder, ReadingBesideSwapsIT::swapBackWithoutSegments);
  }

  @Test
  void content_isFound_whenSwappedBackAndTheSegmentsDropped_onPostgres() throws Exception {
    onPostgres(ReadingBesideSwapsIT::swapBackWithoutSegments);
  }

  @Test
  void get_goesOn_whenColumnsAreAlteredOrDropped_onSqlite(@TempDir Path folder) throws Exception {
    onSqlite(
        folder,
        scene -> {
          readOften(scene.reader());
          scene.db().run("ALTER TABLE memories ADD COLUMN mood TEXT DEFAULT 'calm'");
          readOften(scene.reader());
          assertThat(scene.reader().get("1").orElseThrow().columns()).containsEntry("mood", "calm");
          scene.db().run("ALTER TABLE memories DROP COLUMN title");
          readOften(scene.reader());
        });
  }

  @Test
  void get_goesOn_whenColumnsAreAlteredOrDropped_onPostgres() throws Exception {
    onPostgres(
        scene -> {
          readOften(scene.reader());
          scene.db().run("ALTER TABLE memories ADD COLUMN mood text DEFAULT 'calm'");
          readOften(scene.reader());
          scene.db().run("ALTER TABLE memories ALTER content_size TYPE bigint");
          readOften(scene.reader());
          scene.db().run("ALTER TABLE memories DROP COLUMN title");
          readOften(scene.reader());
          assertThat(scene.reader().get("1").orElseThrow().columns()).containsEntry("mood", "calm");
        });
  }
}
