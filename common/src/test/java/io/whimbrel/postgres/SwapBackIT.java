// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Database;
import io.whimbrel.testing.PostgresServer.Version;
import io.whimbrel.testing.TableSnapshots;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The way back carries everything that was written since the cut-over. */
@SuppressWarnings("NullAway.Init") // Every test begins with open().
class SwapBackIT {

  private static final Map<Version, PostgresServer> SERVERS = new EnumMap<>(Version.class);
  private static final String COLUMNS =
      "id, title, \"Owner Id\", parent_id, memory_metadata, embedding, amount, mood, labels,"
          + " title_length, content_size";

  private Database database;
  private PostgresStore store;
  private ManualMigration migration;
  private List<String> definitionsBefore;

  @AfterAll
  static void stopServers() throws IOException {
    for (PostgresServer server : SERVERS.values()) {
      server.close();
    }
  }

  private void open(Version version, String keyDefinition) throws SQLException {
    database = SERVERS.computeIfAbsent(version, PostgresServer::start).createDatabase();
    SampleStore.create(database, keyDefinition);
    database.execute("ALTER TABLE memories DROP CONSTRAINT small_amounts");
    definitionsBefore = definitions();
    begin();
  }

  private void begin() throws SQLException {
    store = PostgresStore.open(database.url(), Map.of(), 8);
    migrate();
  }

  private void migrate() throws SQLException {
    migration = ManualMigration.begin(store);
    migration.copy();
    migration.cutOver(10);
  }

  @AfterEach
  void closeStore() {
    if (store != null) {
      store.close();
    }
  }

  private List<String> definitions() throws SQLException {
    try (Connection connection = database.connect()) {
      return TableSnapshots.definitionsOfPostgres(connection);
    }
  }

  private List<String> rows(String columns) throws SQLException {
    try (Connection connection = database.connect()) {
      return Catalog.texts(
          connection, "SELECT ROW(" + columns + ")::text FROM memories ORDER BY id");
    }
  }

  private void goBack() throws SQLException {
    migration.swapBack();
    store.shadowTable().afterSwapBack(migration.migrationId);
    store.shadowTable().drop(migration.migrationId);
  }

  private void write(String key) throws SQLException {
    database.execute(
        // Texts, inline and then packed; other columns of rows packed and inline.
        "UPDATE memories SET content = 'anew ' || id, content_compressed = false,"
            + " content_segment = NULL, content_offset = NULL, content_length = NULL,"
            + " content_crc32c = NULL WHERE id BETWEEN 21 AND 28",
        "UPDATE memories SET content = '" + SampleStore.text(30) + "' WHERE id = 30",
        "UPDATE memories SET amount = 77 WHERE id IN (5, 31, 32, 97, 194)",
        "UPDATE memories SET content = NULL, content_segment = NULL WHERE id = 33");
    assertThat(migration.packInPlace(new KeyRange("20", "24"))).isEqualTo(4);
    assertThat(migration.packInPlace(new KeyRange("29", "30"))).isEqualTo(1);
    database.execute(
        "UPDATE memories SET amount = 78 WHERE id IN (21, 30)", "DELETE FROM relations");
    if (!key.contains("ALWAYS")) {
      database.execute(
          "UPDATE memories SET id = 2001 WHERE id = 41",
          "UPDATE memories SET id = CASE id WHEN 42 THEN -42 ELSE 42 END WHERE id IN (42, 43)",
          "UPDATE memories SET id = 43 WHERE id = -42");
    }
    database.execute(
        // A key that is taken again, and a packed row doubled.
        "DELETE FROM memories WHERE id IN (44, 45)",
        "INSERT INTO memories (id, title, content, \"Owner Id\") OVERRIDING SYSTEM VALUE"
            + " VALUES (44, 'again', 'again', 1)",
        "INSERT INTO memories (id, title, content, content_compressed, \"Owner Id\","
            + " content_segment, content_offset, content_length, content_crc32c)"
            + " OVERRIDING SYSTEM VALUE SELECT 3000, 'doubled', content, content_compressed, 1,"
            + " content_segment, content_offset, content_length, content_crc32c FROM memories"
            + " WHERE id = 46",
        "INSERT INTO memories (title, content, \"Owner Id\") VALUES ('late', 'late text', 1)",
        // A unique value that moves, in a circle.
        "UPDATE memories SET title = 'turn', \"Owner Id\" = 1 WHERE id = 51",
        "UPDATE memories SET title = 'title 51', \"Owner Id\" = 2 WHERE id = 52",
        "UPDATE memories SET title = 'title 52', \"Owner Id\" = 3 WHERE id = 51",
        // Chunks of a packed memory.
        "UPDATE memory_chunks SET chunk_data = 'other' WHERE memory_id = 100",
        "DELETE FROM memory_chunks WHERE memory_id = 150",
        "UPDATE memories SET amount = 3 WHERE id IN (100, 200)");
  }

  @ParameterizedTest
  @CsvSource({
    "NEWEST, serial PRIMARY KEY",
    "OLDEST, serial PRIMARY KEY",
    "NEWEST, integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "OLDEST, bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
  })
  void everything_isCarriedBack_andMigratedAgain(Version version, String key) throws SQLException {
    open(version, key);
    for (int turn = 0; turn < 2; turn++) {
      if (turn == 0) {
        write(key);
      } else {
        database.execute("UPDATE memories SET content = 'second' WHERE id = 60");
      }
      Map<String, String> texts = migration.texts();
      // A column that may be NULL since the cut-over only.
      texts.putIfAbsent("33", "");
      List<String> rows = rows(COLUMNS);
      String stored = "SELECT string_agg(content || content_compressed, '' ORDER BY id) FROM ";
      String untouched = " WHERE id BETWEEN 301 AND 400 OR id IN (5, 30, 31, 32, 97, 194, 200)";
      String storedBefore =
          database.value(
              stored + "whimbrel_m" + migration.migrationId + "_legacy.memories" + untouched);

      goBack();

      assertThat(migration.state()).isEqualTo(MigrationState.ROLLED_BACK);
      assertThat(definitions()).isEqualTo(definitionsBefore);
      assertThat(rows(COLUMNS)).isEqualTo(rows);
      assertThat(migration.texts()).isEqualTo(texts);
      assertThat(database.value(stored + "memories" + untouched)).isEqualTo(storedBefore);
      database.execute(
          "INSERT INTO memories (title, content, \"Owner Id\") VALUES ('after "
              + turn
              + "', 'x', 1)");
      assertThat(database.value("SELECT max(id) FROM memories WHERE id < 2000"))
          .isEqualTo(String.valueOf(402 + turn));
      migrate();
    }
    assertThat(database.value("SELECT count(*) FROM memories WHERE content IS NULL"))
        .isNotEqualTo("0");
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void deletedMemories_goFromTheRetainedTableAtOnce(Version version) throws SQLException {
    open(version, "serial PRIMARY KEY");
    String retained = "SELECT count(*) FROM whimbrel_m1_legacy.memories";
    database.execute("DELETE FROM relations", "DELETE FROM memory_chunks");
    database.execute(
        "BEGIN; DELETE FROM memories WHERE id = 3; ROLLBACK",
        "ALTER TABLE memories DROP CONSTRAINT owner_exists, ADD CONSTRAINT owner_exists FOREIGN"
            + " KEY (\"Owner Id\") REFERENCES users (id) ON DELETE CASCADE",
        "UPDATE memories SET parent_id = NULL",
        "DO $$ BEGIN CREATE ROLE remover LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT SELECT, DELETE, TRUNCATE ON memories TO remover");
    assertThat(database.value(retained)).isEqualTo("400");
    database.execute("DELETE FROM users WHERE id = 2");
    assertThat(database.value(retained)).isEqualTo("320");
    database.execute("SET SESSION AUTHORIZATION remover; DELETE FROM memories WHERE id = 2");
    assertThat(database.value(retained)).isEqualTo("319");
    database.execute("SET session_replication_role = replica; DELETE FROM memories WHERE id = 3");
    assertThat(database.value(retained)).isEqualTo("318");
    database.execute("SELECT 1", "TRUNCATE memories, relations, memory_chunks");
    assertThat(database.value(retained)).isEqualTo("0");
    database.execute(
        "INSERT INTO memories (title, content, \"Owner Id\") VALUES ('first', 'first', 1)",
        "ALTER TABLE memories DROP CONSTRAINT owner_exists, ADD CONSTRAINT owner_exists FOREIGN"
            + " KEY (\"Owner Id\") REFERENCES users (id)",
        "REVOKE ALL ON memories FROM remover");

    goBack();

    assertThat(database.value("SELECT string_agg(content, ' ') FROM memories")).isEqualTo("first");
  }

  @Test
  void manyChanges_areCarriedBackBeforeTheLock_whateverMovesBetweenThem() throws SQLException {
    database = SERVERS.computeIfAbsent(Version.NEWEST, PostgresServer::start).createDatabase();
    database.execute(
        "CREATE TABLE memories (id integer PRIMARY KEY, place integer UNIQUE, content text NOT"
            + " NULL, content_compressed boolean)",
        "INSERT INTO memories SELECT n, n, 'text ' || n FROM generate_series(1, 300) n");
    begin();
    database.execute(
        "INSERT INTO memories SELECT n, n, 'text ' || n FROM generate_series(301, 9000) n");
    // Carried, but not swapped: somebody holds the table.
    try (Connection other = database.connect();
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT FROM memories LIMIT 1");
      assertThatThrownBy(() -> migration.swapBack())
          .isInstanceOf(io.whimbrel.store.LockNotAvailableException.class);
    }
    assertThat(database.value("SELECT count(*) < 1001 FROM whimbrel_changes")).isEqualTo("t");
    assertThat(database.value("SELECT count(*) FROM whimbrel_m1_legacy.memories"))
        .isEqualTo("9000");
    database.execute(
        "UPDATE memories SET place = -place",
        "UPDATE memories SET place = 1 + (4500 - place) % 9000",
        "UPDATE memories SET place = place");
    List<String> rows = rows("id, place");
    Map<String, String> texts = migration.texts();
    goBack();
    assertThat(rows("id, place")).isEqualTo(rows);
    assertThat(migration.texts()).isEqualTo(texts).hasSize(9000);
    assertThat(database.value("SELECT count(*) FROM memories WHERE content = 'text ' || id"))
        .isEqualTo("9000");
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void swapBack_isRefused_whenWhatWasWrittenIsNotKnown(Version version) throws SQLException {
    open(version, "serial PRIMARY KEY");
    database.execute(
        "ALTER TABLE memories DISABLE TRIGGER ALL; ALTER TABLE memories ENABLE TRIGGER ALL");
    assertThatThrownBy(() -> migration.swapBack())
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessageContaining("capture triggers");
    for (String event : List.of("insert", "update", "delete", "truncate")) {
      database.execute("ALTER TABLE memories ENABLE ALWAYS TRIGGER whimbrel_capture_" + event);
    }
    database.execute(
        "ALTER TABLE memories DISABLE TRIGGER quiet",
        "ALTER TABLE memories ADD COLUMN late integer");
    assertThatThrownBy(() -> migration.swapBack())
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessageContaining("definition of memories");
    database.execute("ALTER TABLE memories DROP COLUMN late");
    database.execute(
        "UPDATE memories SET content_offset = content_offset + 1 WHERE id = 7",
        "UPDATE memories SET content_segment = 99 WHERE id = 8");
    assertThatThrownBy(() -> migration.swapBack())
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessageMatching("memory [78] cannot be carried back: .*");
    database.execute("UPDATE memories SET content_offset = content_offset - 1 WHERE id = 7");
    assertThatThrownBy(() -> migration.swapBack())
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessage("memory 8 cannot be carried back: its segment is missing");
    assertThat(store.layout().hasPointers()).isTrue();
    assertThat(database.value("SELECT count(*) FROM whimbrel_changes")).isNotEqualTo("0");
    database.execute("UPDATE memories SET content = 'typed in again' WHERE id = 8");
    goBack();
    assertThat(database.value("SELECT content FROM memories WHERE id = 7"))
        .isEqualTo(SampleStore.text(7));
    assertThat(database.value("SELECT content FROM memories WHERE id = 8"))
        .isEqualTo("typed in again");
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void finalize_leavesOnlyTheNewFormat(Version version) throws SQLException {
    open(version, "serial PRIMARY KEY");
    database.execute("UPDATE memories SET amount = 9 WHERE id = 9");
    store.shadowTable().dropLegacy(migration.migrationId, connection -> {});
    store.shadowTable().dropLegacy(migration.migrationId, connection -> {});
    assertThat(
            database.value(
                "SELECT concat((SELECT count(*) FROM pg_trigger WHERE tgname ~ 'whimbrel'),"
                    + " (SELECT count(*) FROM pg_proc WHERE proname ~ 'whimbrel'),"
                    + " (SELECT count(*) FROM pg_namespace WHERE nspname ~ 'whimbrel'),"
                    + " to_regclass('whimbrel_changes'), to_regclass('whimbrel_swap'))"))
        .isEqualTo("000");
    database.execute(
        "UPDATE memories SET amount = 10 WHERE id = 9",
        "DELETE FROM relations",
        "DELETE FROM memory_chunks",
        "UPDATE memories SET parent_id = NULL",
        "DELETE FROM memories WHERE id = 9");
  }
}
