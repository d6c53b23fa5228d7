// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.demo.StoreProbe.Filled;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresDemoStoreIT {
  private static EmbeddedPostgres server;
  private Connection connection;

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    connection = server.getPostgresDatabase().getConnection();
    emptyDatabase();
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  @Test
  void everyForm_isCountedAndReadsAsMade_whenAllAreMixed() throws SQLException {
    Filled filled = StoreProbe.fill(connection, DemoOptions.of(3_000));

    StoreProbe.assertReadsAsMade(connection, filled);
    assertThat(filled.summary().forms().values()).allMatch(count -> count > 0);
    assertThat(StoreProbe.number(connection, "SELECT count(*) FROM relations"))
        .isEqualTo(filled.summary().relations());
    assertThat(
            StoreProbe.number(
                connection,
                "SELECT count(*) FROM memories WHERE octet_length(embedding_vector) = 1536"))
        .isEqualTo(filled.summary().embeddings());
  }

  @Test
  void rows_areTheSame_whenSeedIsTheSame() throws SQLException {
    DemoSummary summary = new DemoStore(DemoOptions.of(1_200)).fill(connection);
    String digest = StoreProbe.digest(connection);
    emptyDatabase();
    DemoSummary again = new DemoStore(DemoOptions.of(1_200)).fill(connection);

    assertThat(again).isEqualTo(summary);
    assertThat(StoreProbe.digest(connection)).isEqualTo(digest);
  }

  @Test
  void references_areEnforcedAndKept_whenStoreIsFilled() throws SQLException {
    new DemoStore(DemoOptions.of(1_000)).fill(connection);

    assertThat(
            StoreProbe.number(
                connection,
                "SELECT count(*) FROM pg_constraint"
                    + " WHERE contype = 'f' AND convalidated AND connamespace = 'public'::regnamespace"))
        .isEqualTo(11);
    for (String column : new String[] {"target_memory_id", "source_memory_id"}) {
      assertThat(StoreProbe.number(connection, "SELECT count(" + column + ") FROM relations"))
          .isPositive();
    }
    assertThatThrownBy(() -> update("UPDATE memories SET owner_id = 999 WHERE id = 1"))
        .hasMessageContaining("memories_owner_id_fkey");
    assertThatThrownBy(
            () ->
                update(
                    "DELETE FROM memories WHERE id ="
                        + " (SELECT target_memory_id FROM relations"
                        + " WHERE target_memory_id IS NOT NULL LIMIT 1)"))
        .hasMessageContaining("_fkey");
  }

  @Test
  void nextKey_followsTheHighest_whenTheApplicationInserts() throws SQLException {
    DemoSummary summary = new DemoStore(DemoOptions.of(500)).fill(connection);

    assertThat(
            StoreProbe.number(
                connection,
                "INSERT INTO memories (title, content, owner_id) VALUES ('t', 'c', 1) RETURNING id"))
        .isEqualTo(summary.highestId() + 1);
  }

  @Test
  void fill_refusesAndChangesNothing_whenMemoriesExist() throws SQLException {
    update("CREATE TABLE memories (id bigint)");

    assertThatThrownBy(() -> new DemoStore(DemoOptions.of(10)).fill(connection))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("memories");

    assertThat(
            StoreProbe.number(
                connection,
                "SELECT count(*) FROM pg_class"
                    + " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"))
        .isEqualTo(1);
  }

  private void emptyDatabase() throws SQLException {
    update("DROP SCHEMA IF EXISTS public CASCADE");
    update("CREATE SCHEMA public");
  }

  private void update(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
