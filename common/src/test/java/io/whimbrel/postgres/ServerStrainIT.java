// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.metrics.ThrottleReason;
import io.whimbrel.store.Strain;
import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Database;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each sign by which a server says that it suffers, and none without a cause. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before each test.
class ServerStrainIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static PostgresServer server;

  private Database database;
  private PostgresStore store;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void open() throws SQLException {
    database = server.createDatabase();
    SampleStore.create(database, "serial PRIMARY KEY");
    store = PostgresStore.open(database.url(), Map.of(), 3);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private List<ThrottleReason> reasons() {
    try {
      return store.strain().stream().map(Strain::reason).toList();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean somebodyWaits() {
    try {
      return database
          .value(
              "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'agent'"
                  + " AND wait_event_type = 'Lock'")
          .equals("1");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection connect(String application) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://localhost:"
            + database.url().port()
            + "/"
            + database.name()
            + "?ApplicationName="
            + application,
        "postgres",
        null);
  }

  @Test
  void sessionThatWaitsForAnApplication_isNoSign_butOneThatWaitsForUsIs() throws Exception {
    assertThat(store.strain()).isEmpty();
    assertThat(reasonsWhileSomebodyWaitsFor("billing")).isEmpty();
    assertThat(reasonsWhileSomebodyWaitsFor("whimbrel")).containsExactly(ThrottleReason.LOCK_WAITS);
    assertThat(store.strain()).isEmpty();
  }

  private List<ThrottleReason> reasonsWhileSomebodyWaitsFor(String holder) throws Exception {
    try (Connection holding = connect(holder);
        Connection waiting = connect("agent");
        Statement hold = holding.createStatement();
        Statement wait = waiting.createStatement()) {
      holding.setAutoCommit(false);
      hold.execute("LOCK TABLE memories");
      CompletableFuture<Boolean> write =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return wait.execute("UPDATE memories SET amount = 1 WHERE id = 1");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      eventually(LIMIT, this::somebodyWaits);
      List<ThrottleReason> reasons = reasons();
      holding.rollback();
      write.get();
      return reasons;
    }
  }

  @Test
  void vacuumOfTheTable_isASign_untilItEnds() throws Exception {
    try (Connection connection = connect("autovacuum-like");
        Statement vacuum = connection.createStatement()) {
      vacuum.execute("SET vacuum_cost_limit = 1; SET vacuum_cost_delay = 100");
      CompletableFuture<Boolean> done =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return vacuum.execute("VACUUM (FREEZE) memories");
                } catch (SQLException e) {
                  return false;
                }
              });
      eventually(LIMIT, () -> assertThat(reasons()).containsExactly(ThrottleReason.VACUUM));
      vacuum.cancel();
      done.get();
    }
    assertThat(store.strain()).isEmpty();
  }

  @Test
  void logThatASlotKeeps_isASign_beyondItsLimit() throws SQLException {
    database.execute("SELECT pg_create_physical_replication_slot('away', true)");
    try (Connection connection = database.connect()) {
      database.execute("UPDATE memories SET amount = 2");
      assertThat(ServerStrain.look(connection, store.table(), 4_096))
          .singleElement()
          .satisfies(sign -> assertThat(sign.reason()).isEqualTo(ThrottleReason.WAL_BACKLOG))
          .satisfies(sign -> assertThat(sign.text()).contains("over 4096 bytes"));
      assertThat(ServerStrain.look(connection, store.table())).isEmpty();
    } finally {
      database.execute("SELECT pg_drop_replication_slot('away')");
    }
  }

  // A replica that lags for seconds takes a second server; its view is filled by hand instead.
  @Test
  void replicaThatIsBehind_isASign_beyondItsLimit() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMPORARY TABLE pg_stat_replication (replay_lag interval)");
      statement.execute("INSERT INTO pg_stat_replication VALUES ('9 seconds'), (NULL)");
      assertThat(ServerStrain.look(connection, store.table())).isEmpty();
      statement.execute("INSERT INTO pg_stat_replication VALUES ('12 seconds')");
      assertThat(ServerStrain.look(connection, store.table()))
          .containsExactly(
              new Strain(ThrottleReason.REPLICATION_LAG, "a replica is 12 s behind, over 10 s"));
    }
  }
}
