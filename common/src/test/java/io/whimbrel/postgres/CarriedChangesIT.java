// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.StoreSession;
import io.whimbrel.store.TooManyChangesException;
import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Database;
import io.whimbrel.testing.PostgresServer.Version;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The last changes, which the swap itself carries over, and what it refuses to carry. */
@SuppressWarnings("NullAway.Init") // Every test begins with open().
class CarriedChangesIT {

  private static final Map<Version, PostgresServer> SERVERS = new EnumMap<>(Version.class);
  private static final Duration LOCKS = Duration.ofSeconds(2);
  private static final String COLUMNS =
      "id, title, \"Owner Id\", parent_id, created_at, memory_metadata, embedding, amount, mood,"
          + " labels, title_length, content_size";

  private Database database;
  private PostgresStore store;
  private ManualMigration migration;
  private String fingerprint;

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
    begin();
  }

  private void begin() throws SQLException {
    store = PostgresStore.open(database.url(), Map.of(), 8);
    fingerprint = store.inspector().fingerprint();
    migration = ManualMigration.begin(store);
    migration.copy();
  }

  @AfterEach
  void closeStore() {
    if (store != null) {
      store.close();
    }
  }

  private void cutOver(int carriedMax) throws SQLException {
    store
        .shadowTable()
        .cutOver(migration.migrationId, fingerprint, carriedMax, LOCKS, migration.readyToSwap());
  }

  private List<String> rows(String table) throws SQLException {
    try (Connection connection = database.connect()) {
      return Catalog.texts(
          connection, "SELECT ROW(" + COLUMNS + ")::text FROM " + table + " ORDER BY 1");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NEWEST, serial PRIMARY KEY",
    "OLDEST, serial PRIMARY KEY",
    "NEWEST, integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "OLDEST, smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
  })
  void lastChanges_areInTheNewTable_afterTheSwap(Version version, String key) throws SQLException {
    open(version, key);
    database.execute(
        "INSERT INTO whimbrel_failures VALUES (1, '3', 'WARNING', 'cut-text', '', 1),"
            + " (1, '4', 'WARNING', 'cut-text', '', 1)",
        "UPDATE memories SET content = 'written late', content_compressed = false,"
            + " title = 'title 4', \"Owner Id\" = 1 WHERE id = 3",
        "UPDATE memories SET amount = 2 WHERE id IN (5, 10, 50, 97)",
        "UPDATE memories SET title = 'x' WHERE id = 6",
        "UPDATE memories SET title = 'title 6', \"Owner Id\" = 2 WHERE id = 7",
        "DELETE FROM relations WHERE 9 IN (source, target)",
        "DELETE FROM memories WHERE id = 9",
        "UPDATE memory_chunks SET chunk_data = 'late' WHERE memory_id = 100",
        "INSERT INTO memories (title, content, \"Owner Id\") VALUES ('late', 'late text', 1)");
    Map<String, String> texts = migration.texts();
    List<String> rows = rows("memories");

    cutOver(10);

    assertThat(migration.texts()).isEqualTo(texts);
    assertThat(rows("memories")).isEqualTo(rows);
    assertThat(database.value("SELECT count(*) FROM whimbrel_changes")).isEqualTo("0");
    assertThat(database.value("SELECT string_agg(memory_key, ' ') FROM whimbrel_failures"))
        .isEqualTo("4");
    assertThat(
            database.value(
                "SELECT string_agg(id::text, ' ' ORDER BY id) FROM memories WHERE content IS NOT"
                    + " NULL AND content_segment IS NULL"))
        .isEqualTo("3 5 6 7 10 50 97 100 194 291 388 401");
    database.execute("INSERT INTO memories (title, content, \"Owner Id\") VALUES ('n', 'n', 1)");
    assertThat(database.value("SELECT max(id) FROM memories")).isEqualTo("402");
  }

  @Test
  void swap_isPutOff_whenMoreWasWrittenThanIsCarried() throws SQLException {
    open(Version.NEWEST, "serial PRIMARY KEY");
    database.execute(
        "UPDATE memories SET amount = 2 WHERE id <= 3",
        "UPDATE memories SET amount = 3 WHERE id <= 3");
    assertThatThrownBy(() -> cutOver(2))
        .isInstanceOf(TooManyChangesException.class)
        .hasMessageContaining("3 memories were changed");
    assertThat(store.layout().hasPointers()).isFalse();
    database.execute("INSERT INTO whimbrel_changes (memory_key) VALUES (NULL)");
    assertThatThrownBy(this::again)
        .isInstanceOf(TooManyChangesException.class)
        .hasMessageContaining("emptied");
    database.execute("DELETE FROM whimbrel_changes WHERE memory_key IS NULL");
    again();
    assertThat(database.value("SELECT sum(amount) FROM memories WHERE id <= 3")).isEqualTo("9.000");
  }

  private void again() throws SQLException {
    store
        .shadowTable()
        .cutOver(
            migration.migrationId,
            fingerprint,
            3,
            LOCKS,
            migration.step(
                1,
                io.whimbrel.ledger.MigrationState.CUTTING_OVER,
                io.whimbrel.ledger.MigrationState.COMPLETED));
  }

  // The first look at the log is before the lock; this writer is still at work then.
  @Test
  void changeThatCommitsWhileTheSwapWaits_isCarriedOrStopsIt() throws Exception {
    open(Version.NEWEST, "serial PRIMARY KEY");
    try (Connection writer = database.connect();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("UPDATE memories SET content = 'at the last moment' WHERE id <= 4");
      Thread late = commitOnceSomebodyWaits(writer);
      assertThatThrownBy(() -> cutOver(3)).isInstanceOf(TooManyChangesException.class);
      late.join();
      statement.execute("UPDATE memories SET amount = 8 WHERE id = 2");
      late = commitOnceSomebodyWaits(writer);
      database.execute("DELETE FROM whimbrel_changes WHERE memory_key = '4'");
      again();
      late.join();
    }
    assertThat(database.value("SELECT amount FROM memories WHERE id = 2")).isEqualTo("8.000");
    assertThat(database.value("SELECT content FROM memories WHERE id = 3"))
        .isEqualTo("at the last moment");
  }

  private Thread commitOnceSomebodyWaits(Connection writer) {
    Thread thread =
        new Thread(
            () -> {
              io.whimbrel.testing.Eventually.eventually(
                  Duration.ofSeconds(10), () -> somebodyWaits());
              try {
                writer.commit();
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    return thread;
  }

  private boolean somebodyWaits() {
    try {
      return !database.value("SELECT count(*) FROM pg_locks WHERE NOT granted").equals("0");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void swap_isRefused_whenARangeIsUnfinished() throws SQLException {
    open(Version.NEWEST, "serial PRIMARY KEY");
    database.execute("UPDATE memories SET amount = 2 WHERE id <= 3");
    ManualDrain drain = new ManualDrain(migration);
    long range = drain.take(10).rangeIds().get(0);
    assertThatThrownBy(() -> cutOver(10))
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessage("1 ranges are not finished");
    database.execute("UPDATE whimbrel_ranges SET state = 'CANCELLED' WHERE range_id = " + range);
    assertThatThrownBy(this::again)
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessage("3 changed keys are in no range");
    database.execute("UPDATE whimbrel_ranges SET state = 'PENDING' WHERE range_id = " + range);
    try (StoreSession session = store.openSession(migration.migrationId);
        Connection other = database.connect();
        Statement statement = other.createStatement()) {
      drain.commit(session, drain.read(session, range, 10));
      other.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM memories");
      assertThatThrownBy(
              () ->
                  store
                      .shadowTable()
                      .cutOver(
                          migration.migrationId,
                          fingerprint,
                          0,
                          Duration.ofMillis(200),
                          migration.step(
                              1,
                              io.whimbrel.ledger.MigrationState.CUTTING_OVER,
                              io.whimbrel.ledger.MigrationState.COMPLETED)))
          .isInstanceOf(LockNotAvailableException.class);
    }
    again();
    assertThat(database.value("SELECT count(*) FROM memories WHERE content_segment IS NOT NULL"))
        .isEqualTo("396");
  }

  @Test
  void deferredConstraints_doNotStopTheSwap() throws SQLException {
    database = SERVERS.computeIfAbsent(Version.NEWEST, PostgresServer::start).createDatabase();
    database.execute(
        "CREATE TABLE memories (id uuid PRIMARY KEY, place integer UNIQUE DEFERRABLE INITIALLY"
            + " DEFERRED, content text NOT NULL)",
        "INSERT INTO memories SELECT md5(n::text)::uuid, n, 'text ' || n FROM generate_series(1,"
            + " 20) n");
    begin();
    database.execute("UPDATE memories SET place = 21 - place");
    cutOver(20);
    assertThat(
            database.value(
                "SELECT count(*) FROM memories WHERE content = 'text ' || (21 - place) AND NOT"
                    + " content_compressed AND content_size IS NULL"))
        .isEqualTo("20");
  }

  @Test
  void preparedStatements_goOn_andWhatTheyWriteIsLogged() throws SQLException {
    open(Version.NEWEST, "serial PRIMARY KEY");
    try (Connection application = database.connect();
        Statement statement = application.createStatement()) {
      statement.execute(
          "PREPARE write (int, text) AS UPDATE memories SET content = $2, content_compressed ="
              + " false WHERE id = $1");
      statement.execute("PREPARE remove (int) AS DELETE FROM memories WHERE id = $1");
      for (int i = 1; i < 8; i++) {
        statement.execute("EXECUTE write(" + i + ", 'before')");
      }
      cutOver(10);
      statement.execute("EXECUTE write(8, 'after')");
      statement.execute("DELETE FROM relations WHERE 9 IN (source, target)");
      statement.execute("EXECUTE remove(9)");
      statement.execute("UPDATE memory_chunks SET chunk_data = 'x' WHERE memory_id = 100");
      statement.execute("UPDATE memories SET amount = 4 WHERE id IN (10, 11)");
      statement.execute("UPDATE memories SET id = 1000 WHERE id = 200");
    } catch (SQLException e) {
      // The chunks keep their memory from being renamed.
      assertThat(e.getSQLState()).isEqualTo("23503");
    }
    assertThat(
            database.value(
                "SELECT string_agg(memory_key || CASE WHEN content_changed THEN '' ELSE '-' END,"
                    + " ' ' ORDER BY memory_key::int) FROM whimbrel_changes"))
        .isEqualTo("8 9 10- 11- 100");
    assertThat(database.value("SELECT count(*) FROM whimbrel_m1_legacy.memories WHERE id = 9"))
        .isEqualTo("0");
    assertThat(database.value("SELECT count(*) FROM whimbrel_m1_legacy.memories")).isEqualTo("399");
  }
}
