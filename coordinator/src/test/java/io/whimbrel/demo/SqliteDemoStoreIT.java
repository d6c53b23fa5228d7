// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.demo.StoreProbe.Filled;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteDemoStoreIT {
  private final Path folder;

  SqliteDemoStoreIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void everyForm_isCountedAndReadsAsMade_whenAllAreMixed() throws SQLException {
    try (Connection connection = open("all.db")) {
      Filled filled = StoreProbe.fill(connection, DemoOptions.of(3_000));

      StoreProbe.assertReadsAsMade(connection, filled);
      DemoSummary summary = filled.summary();
      assertThat(summary.forms().values()).allMatch(count -> count > 0);
      assertThat(summary.damaged()).isEqualTo(15);
      assertThat(summary.count(DemoForm.PLAIN)).isGreaterThan(summary.count(DemoForm.ZLIB));
      assertThat(summary.relations()).isBetween(2_700L, 3_400L);
      assertThat(summary.embeddings()).isBetween(850L, 1_150L);
      assertThat(summary.highestId()).isGreaterThan(3_000);
      assertCountsMatch(connection, summary);
    }
  }

  @Test
  void lengths_areThoseOfRealStores_whenAllFormsAreMixed() throws SQLException {
    try (Connection connection = open("lengths.db")) {
      StoreProbe.fill(connection, DemoOptions.of(3_000));

      assertThat(share(connection, "content_size < 200")).isBetween(0.56, 0.64);
      assertThat(share(connection, "content_size BETWEEN 200 AND 1500")).isBetween(0.21, 0.29);
      assertThat(share(connection, "content_size > 9000")).isBetween(0.02, 0.045);
    }
  }

  @Test
  void values_areStoredAsTheApplicationDid_whenDatabaseIsSqlite() throws SQLException {
    try (Connection connection = open("values.db")) {
      StoreProbe.fill(connection, DemoOptions.of(2_000));

      assertThat(share(connection, "length(embedding_vector) = 1536")).isBetween(0.28, 0.38);
      assertThat(share(connection, "typeof(owner_id) = 'text'")).isBetween(0.05, 0.15);
      assertThat(share(connection, "created_at GLOB '????-??-?? ??:??:??.??????'")).isEqualTo(1);
      assertThat(share(connection, "typeof(content_compressed) = 'integer'")).isEqualTo(1);
      assertThat(share(connection, "memory_metadata GLOB '*\\ud83c\\udf88*'")).isPositive();
      assertThat(share(connection, "memory_metadata IS NULL OR json_valid(memory_metadata)"))
          .isEqualTo(1);
    }
  }

  @Test
  void store_holdsPlainTextOnly_whenMixIsPlain() throws SQLException {
    try (Connection connection = open("plain.db")) {
      DemoOptions options = DemoOptions.of(3_000).withMix(DemoMix.PLAIN);

      Filled filled = StoreProbe.fill(connection, options);

      DemoSummary summary = filled.summary();
      assertThat(summary.count(DemoForm.PLAIN)).isEqualTo(3_000);
      assertThat(summary.textBytes() / 3_000).isBetween(1_200L, 1_400L);
      assertThat(summary.storedBytes()).isEqualTo(summary.textBytes());
      assertThat(summary.chunks() + summary.embeddings() + summary.versions()).isZero();
      StoreProbe.assertReadsAsMade(connection, filled);
    }
  }

  @Test
  void aFifth_cannotBeDecoded_whenMixIsUndecodable() throws SQLException {
    try (Connection connection = open("undecodable.db")) {
      DemoOptions options = DemoOptions.of(2_000).withMix(DemoMix.UNDECODABLE);

      Filled filled = StoreProbe.fill(connection, options);

      assertThat(filled.summary().count(DemoForm.CUT_BASE64)).isBetween(350L, 450L);
      StoreProbe.assertReadsAsMade(connection, filled);
    }
  }

  @Test
  void rows_areTheSame_whenSeedIsTheSame() throws SQLException {
    try (Connection first = open("first.db");
        Connection again = open("again.db");
        Connection other = open("other.db")) {
      DemoSummary summary = new DemoStore(DemoOptions.of(1_200)).fill(first);
      DemoSummary summaryAgain = new DemoStore(DemoOptions.of(1_200)).fill(again);
      new DemoStore(DemoOptions.of(1_200).withSeed(2)).fill(other);

      assertThat(summaryAgain).isEqualTo(summary);
      assertThat(StoreProbe.digest(again)).isEqualTo(StoreProbe.digest(first));
      assertThat(StoreProbe.digest(other)).isNotEqualTo(StoreProbe.digest(first));
    }
  }

  @Test
  void fill_refusesAndChangesNothing_whenMemoriesExist() throws SQLException {
    try (Connection connection = open("used.db");
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("CREATE TABLE Memories (id INTEGER PRIMARY KEY)");

      assertThatThrownBy(() -> new DemoStore(DemoOptions.of(10)).fill(connection))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("memories");

      assertThat(StoreProbe.number(connection, "SELECT count(*) FROM sqlite_master")).isEqualTo(1);
      assertThat(connection.getAutoCommit()).isTrue();
    }
  }

  @Test
  void fill_leavesNothing_whenItFailsHalfway() throws SQLException {
    try (Connection connection = open("failed.db")) {
      DemoObserver failing =
          (id, form, text) -> {
            if (id > 1_500) {
              throw new IllegalArgumentException("enough");
            }
          };

      assertThatThrownBy(() -> new DemoStore(DemoOptions.of(3_000)).fill(connection, failing))
          .hasMessage("enough");

      assertThat(StoreProbe.number(connection, "SELECT count(*) FROM sqlite_master")).isZero();
    }
  }

  private Connection open(String file) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(file));
  }

  private static void assertCountsMatch(Connection connection, DemoSummary summary)
      throws SQLException {
    assertThat(StoreProbe.number(connection, "SELECT count(*) FROM contexts"))
        .isEqualTo(summary.contexts());
    assertThat(StoreProbe.number(connection, "SELECT count(*) FROM relations"))
        .isEqualTo(summary.relations());
    assertThat(StoreProbe.number(connection, "SELECT count(*) FROM memory_versions"))
        .isEqualTo(summary.versions())
        .isPositive();
    assertThat(StoreProbe.number(connection, "SELECT count(*) FROM memory_chunks"))
        .isEqualTo(summary.chunks())
        .isPositive();
    assertThat(StoreProbe.number(connection, "SELECT max(id) FROM memories"))
        .isEqualTo(summary.highestId());
  }

  private static double share(Connection connection, String condition) throws SQLException {
    return StoreProbe.number(
            connection, "SELECT 1000000 * avg(coalesce(" + condition + ", 0)) FROM memories")
        / 1_000_000.0;
  }
}
