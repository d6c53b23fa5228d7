// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The check finds what is done to a store by hand, in the old form and in the new. */
class StoreCheckIT {

  @SuppressWarnings("NullAway.Init") // Set before the first test.
  @TempDir
  static Path common;

  @SuppressWarnings("NullAway.Init") // Made before the first test.
  private static LoadedStore original;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  @SuppressWarnings("NullAway.Init") // Made before each test.
  private LoadedStore store;

  @BeforeAll
  static void load() throws Exception {
    original = LoadedStore.make(common);
    // So that a copy of the file is whole.
    original.keys("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  @BeforeEach
  void copy() throws Exception {
    store = original.copy(folder);
  }

  @Test
  void check_findsNothing_inAStoreThatKeptItsPromises() throws Exception {
    CheckResult result = store.check();

    assertThat(result.findings()).isEmpty();
    assertThat(result.isClean()).isTrue();
    assertThat(result.acknowledged()).isGreaterThan(300);
    assertThat(result.untouched()).isEqualTo(store.untouchedKeys().size()).isPositive();
    assertThat(LoadSummary.violations(WrittenLog.readAll(store.logs()))).isEmpty();
  }

  @Test
  void load_doesEverythingThatItSays() throws Exception {
    List<WrittenLog> logs = WrittenLog.readAll(store.logs());

    assertThat(LoadSummary.acknowledged(logs).keySet())
        .containsAll(
            List.of("INSERT", "BULK_INSERT", "INSERT_AGAIN", "UPDATE_CONTENT", "UPDATE_COLUMNS"))
        .containsAll(List.of("DELETE", "MOVE", "UPSERT", "REPLACE"));
    assertThat(LoadSummary.reads(logs).keySet()).containsExactly("LIBRARY_READ", "READ");
    assertThat(LoadSummary.errors(logs)).isEmpty();
  }

  @Test
  void check_findsLostRows() throws Exception {
    store.execute(
        "DELETE FROM memories WHERE id = " + store.writtenKey(),
        "DELETE FROM memories WHERE id = " + store.untouchedKeys().get(0));

    assertThat(store.check().faults()).isEqualTo(Map.of(Fault.LOST, 2L));
  }

  @Test
  void check_findsARowThatCameBack() throws Exception {
    store.execute(
        "INSERT INTO memories (id, title, content, owner_id) VALUES ("
            + store.deletedKey()
            + ", 'again', 'what it was', 1)");

    assertThat(store.check().faults()).isEqualTo(Map.of(Fault.RESURRECTED, 1L));
  }

  @Test
  void check_findsDoubledRows_writtenAndOriginal() throws Exception {
    double_(store.writtenKey(), 9_000_001);
    double_(store.untouchedKeys().get(1), 9_000_002);

    assertThat(store.check().faults()).isEqualTo(Map.of(Fault.DOUBLED, 2L));
  }

  private void double_(long key, long twin) throws Exception {
    store.execute(
        "INSERT INTO memories SELECT "
            + twin
            + ", title, content, access_level, owner_id, context_id, created_at, updated_at,"
            + " version, is_active, memory_metadata, embedding_vector, content_compressed,"
            + " content_size, access_count, last_accessed FROM memories WHERE id = "
            + key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content = content || ' '",
        "content = substr(content, 1, 10)",
        "content = ''",
        "title = title || 'x'",
        "access_count = access_count + 1",
        "version = 3",
        "content_size = content_size + 1",
        "embedding_vector = x'00'",
        "memory_metadata = NULL",
        "is_active = 0",
        "created_at = '2020-01-01 00:00:00.000001'",
        "owner_id = 2"
      })
  void check_findsAlteredRows_whateverColumn(String change) throws Exception {
    long written = store.writtenKey();
    long untouched = store.untouchedKeys().get(2);
    store.execute(
        "UPDATE memories SET " + change + " WHERE id IN (" + written + ", " + untouched + ")");

    // Some of these values are what the original row happens to hold.
    CheckResult result = store.check();
    assertThat(result.faults().keySet()).containsExactly(Fault.ALTERED);
    assertThat(result.findings()).anyMatch(finding -> finding.contains("key=" + written + ":"));
  }

  @Test
  void check_findsAStaleText() throws Exception {
    long key = store.untouchedKeys().get(3);
    Promises promises = store.promises();
    promises.present().put(key, RowState.of(key).withText(Versions.written(0, 100_000, 0)));

    assertThat(store.check(promises).faults()).isEqualTo(Map.of(Fault.ALTERED, 1L));
  }

  @Test
  void check_acceptsBoth_whenTheAnswerWasLost() throws Exception {
    long key = store.untouchedKeys().get(0);
    List<WrittenLog> logs = new java.util.ArrayList<>(WrittenLog.readAll(store.logs()));
    logs.add(
        new WrittenLog(
            List.of(
                new LoggedOperation(
                    1,
                    OperationKind.DELETE,
                    LoggedOperation.Outcome.IN_DOUBT,
                    List.of(new Change(key, null)),
                    0,
                    0,
                    0,
                    "08006")),
            List.of()));
    Promises promises = Promises.of(store.originals(), logs);

    assertThat(store.check(promises).isClean()).isTrue();
    store.execute("DELETE FROM memories WHERE id = " + key);
    assertThat(store.check(promises).isClean()).isTrue();
    assertThat(store.check().faults()).isEqualTo(Map.of(Fault.LOST, 1L));
  }

  @Test
  void check_readsTheNewForm_andFindsExchangedPointers() throws Exception {
    migrate();
    assertThat(store.check().findings()).isEmpty();
    List<Long> packed =
        store.keys(
            "SELECT id FROM memories WHERE content IS NULL AND content_length > 100 ORDER BY id");
    long first = packed.get(0);
    long second = packed.get(1);

    store.execute(
        "UPDATE memories SET (content_segment, content_offset, content_length, content_crc32c) ="
            + " (SELECT content_segment, content_offset, content_length, content_crc32c FROM"
            + " memories WHERE id = "
            + second
            + ") WHERE id = "
            + first);

    assertThat(store.check().faults()).isEqualTo(Map.of(Fault.ALTERED, 1L));
  }

  @Test
  void check_findsContentsThatCannotBeRead() throws Exception {
    migrate();

    store.execute(
        "DELETE FROM memory_segments WHERE segment_id = (SELECT min(segment_id) FROM"
            + " memory_segments)");

    assertThat(store.check().faults().keySet()).containsExactly(Fault.UNREADABLE);
  }

  private void migrate() {
    StringWriter said = new StringWriter();
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(said));
    command.setErr(new PrintWriter(said));
    int exit =
        command.execute(
            "migrate",
            "--db-url",
            "sqlite:///" + store.file(),
            "--backup",
            "none",
            "--report-dir",
            folder.resolve("reports").toString());
    assertThat(exit).as(said.toString()).isZero();
  }
}
