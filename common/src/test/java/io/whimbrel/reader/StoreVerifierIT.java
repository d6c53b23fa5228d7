// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.format.Dictionary;
import io.whimbrel.store.StoreUrl;
import io.whimbrel.testing.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verifies SQLite stores, sound and damaged in each way. */
final class StoreVerifierIT {

  private static final List<String> TEXTS = NewFormat.texts(600, 1);
  private static final long FIRST_SEGMENT = 3L << 20;

  private Path file = Path.of("");
  private Db db = nothing();

  @SuppressWarnings("NullAway") // Set before each test.
  private static Db nothing() {
    return null;
  }

  @BeforeEach
  void createStore(@TempDir Path folder) throws SQLException {
    file = folder.resolve("memory.db");
    db = Db.sqlite(file).run(NewFormat.SQLITE_TABLES).run("BEGIN");
    try (Dictionary dictionary = NewFormat.dictionary(db, 1, String.join(" ", TEXTS))) {
      NewFormat.pack(db, 3, 4096, dictionary, TEXTS);
    }
    db.run("INSERT INTO memories (id, title, content) VALUES (1000, 't', 'inline')", "COMMIT");
  }

  @AfterEach
  void closeStore() throws SQLException {
    db.close();
  }

  private static StoreVerification verify(Path file) {
    try (MemoryReader reader = MemoryReader.open(new StoreUrl.SqliteUrl(file), Map.of())) {
      return new StoreVerifier().verify(reader);
    }
  }

  @Test
  void store_isSound_whenEverythingIsThere() {
    StoreVerification found = verify(file);
    assertThat(found.isSound()).isTrue();
    assertThat(found.memories()).isEqualTo(601);
    assertThat(found.forms())
        .containsOnly(Map.entry(ContentForm.PACKED, 600L), Map.entry(ContentForm.INLINE, 1L));
    assertThat(found.segments()).isGreaterThan(5);
    assertThat(found.unusedSegments()).isZero();
    assertThat(found.deadBytes()).isZero();
    assertThat(found.retainedMigration()).isEmpty();
    assertThat(found.findings()).isEmpty();
  }

  @Test
  void deadSpace_isCounted_andIsNoFault() throws SQLException {
    int length = TEXTS.get(0).getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    db.run("DELETE FROM memories WHERE id = 1");
    assertThat(verify(file).deadBytes()).isEqualTo(length);
    db.run("UPDATE memories SET content = 'x' WHERE content_segment = " + FIRST_SEGMENT);
    StoreVerification found = verify(file);
    assertThat(found.isSound()).isTrue();
    assertThat(found.deadBytes()).isZero();
    assertThat(found.unusedSegments()).isEqualTo(1);
    assertThat(found.unusedSegmentBytes()).isPositive();
  }

  @Test
  void missingSegments_areFound_whereverTheyStood() throws SQLException {
    db.run(
        "UPDATE memories SET content_segment = 1 WHERE id = 1",
        "UPDATE memories SET content_segment = 9223372036854775807 WHERE id = 600");
    StoreVerification found = verify(file);
    assertThat(found.isSound()).isFalse();
    assertThat(found.memories()).isEqualTo(601);
    assertThat(found.faults()).containsOnlyKeys(StoreFault.MISSING_SEGMENT);
    assertThat(found.count(StoreFault.MISSING_SEGMENT)).isEqualTo(2);
    assertThat(found.findings()).extracting(StoreFinding::key).containsExactly("1", "600");
    db.run("DELETE FROM memory_segments WHERE segment_id = " + (FIRST_SEGMENT + 1));
    assertThat(verify(file).count(StoreFault.MISSING_SEGMENT)).isGreaterThan(2);
  }

  @Test
  void damage_isNamed() throws SQLException {
    db.run(
        "UPDATE memories SET content_crc32c = content_crc32c + 1 WHERE id = 600",
        "UPDATE memories SET content_length = 100000 WHERE id = 599",
        "UPDATE memories SET content_offset = NULL WHERE id = 598",
        "UPDATE memories SET content_offset = -1 WHERE id = 597",
        "UPDATE memory_segments SET raw_size = raw_size + 1 WHERE segment_id = "
            + (FIRST_SEGMENT + 1),
        "UPDATE memory_segments SET body = substr(body, 1, length(body) - 9) || x'00'"
            + " || substr(body, length(body) - 7) WHERE segment_id = "
            + FIRST_SEGMENT,
        "UPDATE memory_segments SET dictionary_id = 9 WHERE segment_id = " + (FIRST_SEGMENT + 2));
    StoreVerification found = verify(file);
    assertThat(found.isSound()).isFalse();
    assertThat(found.faults())
        .containsOnly(
            Map.entry(StoreFault.CHECKSUM_MISMATCH, 1L),
            Map.entry(StoreFault.POINTER_OUT_OF_BOUNDS, 3L),
            Map.entry(StoreFault.DAMAGED_SEGMENT, 2L),
            Map.entry(StoreFault.MISSING_DICTIONARY, 1L));
    assertThat(found.findings())
        .filteredOn(finding -> finding.code().equals("pointer-out-of-bounds"))
        .extracting(StoreFinding::key)
        .containsExactlyInAnyOrder("597", "598", "599");
  }

  @Test
  void findings_areKeptToAFew_whenThereAreMany() throws SQLException {
    db.run("UPDATE memories SET content_crc32c = content_crc32c + 1");
    StoreVerification found = verify(file);
    assertThat(found.count(StoreFault.CHECKSUM_MISMATCH)).isEqualTo(600);
    assertThat(found.findings()).hasSize(20);
  }

  @Test
  void lostMemories_areThoseOfTheRetainedTable_thatNobodyDeleted() throws SQLException {
    db.run(
        "CREATE TABLE whimbrel_legacy_m2 (id INTEGER PRIMARY KEY, content TEXT)",
        "CREATE TABLE whimbrel_legacy_m12 (id INTEGER PRIMARY KEY, content TEXT)",
        "INSERT INTO whimbrel_legacy_m12 SELECT id, '' FROM memories");
    StoreVerification whole = verify(file);
    assertThat(whole.isSound()).isTrue();
    assertThat(whole.retainedMigration()).hasValue(12);
    db.run(
        "DELETE FROM memories WHERE id IN (5, 6)",
        "CREATE TABLE whimbrel_changes (change_id INTEGER PRIMARY KEY, memory_key)",
        "INSERT INTO whimbrel_changes (memory_key) VALUES (5)");
    StoreVerification found = verify(file);
    assertThat(found.faults()).containsOnly(Map.entry(StoreFault.LOST_MEMORY, 1L));
    assertThat(found.findings().get(0).key()).isEqualTo("6");
  }

  @Test
  void quarantine_isReported_andIsNoFault(@TempDir Path folder) throws Exception {
    Path legacy = Files.copy(SharedData.fileOrSkip("legacy_small.db"), folder.resolve("legacy.db"));
    StoreVerification found = verify(legacy);
    assertThat(found.isSound()).isTrue();
    assertThat(found.memories()).isEqualTo(502);
    assertThat(found.quarantined()).isEqualTo(6);
    assertThat(found.warnings()).isEqualTo(12);
    assertThat(found.count(ContentForm.CHUNKED)).isEqualTo(25);
    assertThat(found.segments()).isZero();
  }
}
