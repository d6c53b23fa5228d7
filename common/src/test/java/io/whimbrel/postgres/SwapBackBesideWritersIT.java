// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.testing.Eventually;
import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Database;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Swapping back while the application writes on. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before each test.
class SwapBackBesideWritersIT {

  private static PostgresServer server;

  private Database database;
  private PostgresStore store;
  private ManualMigration migration;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void migrate() throws SQLException {
    database = server.createDatabase();
    database.execute(
        "CREATE TABLE memories (id integer PRIMARY KEY, place integer UNIQUE, content text NOT"
            + " NULL, content_compressed boolean, hits integer NOT NULL DEFAULT 0)",
        "INSERT INTO memories SELECT n, n, 'text number ' || n FROM generate_series(1, 300) n",
        "CREATE TABLE journal (at bigserial PRIMARY KEY, id integer, hits integer, content text)");
    store = PostgresStore.open(database.url(), Map.of(), 8);
    migration = ManualMigration.begin(store);
    migration.copy();
    migration.cutOver(10);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void goBackAtLast() throws SQLException {
    int tries = 0;
    while (store.layout().hasPointers()) {
      try {
        migration.swapBack();
      } catch (LockNotAvailableException e) {
        assertThat(++tries).as(e.getMessage()).isLessThan(60);
      }
    }
    store.shadowTable().afterSwapBack(migration.migrationId);
  }

  private Thread commitOnceSomebodyWaits(Connection writer) {
    Thread thread =
        new Thread(
            () -> {
              Eventually.eventually(Duration.ofSeconds(30), this::somebodyWaits);
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
  void changeThatCommitsWhileTheSwapWaits_isCarried() throws Exception {
    try (Connection writer = database.connect();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("UPDATE memories SET hits = 5 WHERE id <= 3");
      statement.execute("UPDATE memories SET content = 'at the last moment' WHERE id = 3");
      statement.execute("DELETE FROM memories WHERE id = 4");
      statement.execute("UPDATE memories SET place = 4 WHERE id = 5");
      Thread late = commitOnceSomebodyWaits(writer);
      migration.swapBack();
      late.join();
    }
    store.shadowTable().afterSwapBack(migration.migrationId);
    assertThat(
            database.value(
                "SELECT string_agg(concat_ws(' ', id, place, content, hits), ', ' ORDER BY id)"
                    + " FROM memories WHERE id <= 5"))
        .isEqualTo(
            "1 1 text number 1 5, 2 2 text number 2 5, 3 3 at the last moment 5,"
                + " 5 4 text number 5 0");
  }

  // A packed row under a new key has to be unpacked, which the swap itself cannot do.
  @Test
  void packedRowThatMovesWhileTheSwapWaits_isCarriedByTheNextTry() throws Exception {
    try (Connection writer = database.connect();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("UPDATE memories SET id = 1000 WHERE id = 7");
      Thread late = commitOnceSomebodyWaits(writer);
      assertThatThrownBy(() -> migration.swapBack())
          .isInstanceOf(LockNotAvailableException.class)
          .hasMessageContaining("memory 1000 was packed or moved");
      late.join();
    }
    assertThat(store.layout().hasPointers()).isTrue();
    goBackAtLast();
    assertThat(database.value("SELECT content FROM memories WHERE id = 1000"))
        .isEqualTo("text number 7");
    assertThat(database.value("SELECT count(*) FROM memories WHERE id = 7")).isEqualTo("0");
  }

  @Test
  void nothingIsLost_whenWritersNeverRest() throws Exception {
    // So much that rounds are needed, beside the writers.
    database.execute(
        "INSERT INTO memories SELECT n, n, 'text number ' || n, false FROM generate_series(301,"
            + " 8000) n");
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread[] writers = new Thread[2];
    for (int i = 0; i < writers.length; i++) {
      int number = i;
      writers[i] = new Thread(() -> writeUntil(stop, number, failure));
      writers[i].start();
    }
    Eventually.eventually(Duration.ofSeconds(20), () -> assertThat(journal()).isGreaterThan(100));
    goBackAtLast();
    long then = journal();
    Eventually.eventually(
        Duration.ofSeconds(20), () -> assertThat(journal()).isGreaterThan(then + 20));
    stop.set(true);
    for (Thread writer : writers) {
      writer.join();
    }
    assertThat(failure.get()).isNull();
    assertThat(
            database.value(
                "SELECT count(*) FROM (SELECT DISTINCT ON (id) id, hits, content FROM journal ORDER"
                    + " BY id, at DESC) j FULL JOIN memories m USING (id) WHERE CASE WHEN j.id IS"
                    + " NULL THEN m.hits <> 0 WHEN j.hits IS NULL THEN m.id IS NOT NULL ELSE m.id"
                    + " IS NULL OR m.hits <> j.hits OR m.content <> j.content END"))
        .isEqualTo("0");
    assertThat(database.value("SELECT count(*) > 10 FROM journal WHERE hits IS NULL"))
        .isEqualTo("t");
  }

  private long journal() {
    try {
      return Long.parseLong(database.value("SELECT count(*) FROM journal"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // Each keeps to its own rows, so that the journal tells the last state of each.
  private void writeUntil(AtomicBoolean stop, int number, AtomicReference<Throwable> failure) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int turn = 0; !stop.get(); turn++) {
        int id = 2 * (int) ((turn * 7919L) % 4000) + 1 + number;
        if (turn % 9 == 8) {
          statement.execute("DELETE FROM memories WHERE id = " + id);
          statement.execute("INSERT INTO journal (id) VALUES (" + id + ")");
        } else {
          statement.execute(
              Quoting.fill(
                  "INSERT INTO memories (id, place, content, hits) VALUES (%1$d, %1$d, 'n%2$d',"
                      + " %2$d) ON CONFLICT (id) DO UPDATE SET hits = %2$d%3$s",
                  id,
                  turn + 1,
                  turn % 2 == 0
                      ? ", content = 'n" + (turn + 1) + "', content_compressed = false"
                      : ", content = 'm', content_compressed = false"));
          statement.execute(
              "INSERT INTO journal (id, hits, content) SELECT id, hits, content FROM memories WHERE"
                  + " id = "
                  + id);
        }
        connection.commit();
      }
    } catch (SQLException e) {
      failure.set(e);
    }
  }

  @Test
  void snapshotsFromBeforeAMark_areCounted_andOnlyThose() throws Exception {
    long mark;
    try (Connection old = database.connect();
        Statement looks = old.createStatement();
        Connection idle = database.connect();
        Statement waits = idle.createStatement()) {
      old.setAutoCommit(false);
      looks.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      looks.execute("SELECT count(*) FROM journal");
      idle.setAutoCommit(false);
      waits.execute("SELECT count(*) FROM journal");
      // The driver's portal keeps the query's snapshot until another statement takes its place.
      waits.execute("SET application_name = 'idle'");
      database.execute("UPDATE memories SET hits = 1 WHERE id = 1");
      mark = store.historyMark();
      assertThat(store.snapshotsBefore(mark)).isEqualTo(1);
      try (Connection late = database.connect();
          Statement sees = late.createStatement()) {
        late.setAutoCommit(false);
        sees.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        sees.execute("SELECT count(*) FROM journal");
        assertThat(store.snapshotsBefore(mark)).isEqualTo(1);
        // A session of our own, on whatever machine.
        looks.execute("SET application_name = 'whimbrel'");
        assertThat(store.snapshotsBefore(mark)).isZero();
        looks.execute("SET application_name = 'other'");
        assertThat(store.snapshotsBefore(mark)).isEqualTo(1);
      }
    }
    Eventually.eventually(Duration.ofSeconds(10), () -> assertThat(before(mark)).isZero());
  }

  private int before(long mark) {
    try {
      return store.snapshotsBefore(mark);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
