// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Database;
import io.whimbrel.testing.TableSnapshots;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which keys the log gets, and that the application notices nothing. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before each test.
class PostgresCaptureIT {

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
    store = PostgresStore.open(database.url(), Map.of(), 4);
    store.capture().install();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private String logged() throws SQLException {
    String keys =
        database.value(
            "SELECT string_agg(coalesce(memory_key, 'all'), ' ' ORDER BY memory_key)"
                + " FROM whimbrel_changes");
    database.execute("TRUNCATE whimbrel_changes");
    return keys;
  }

  @Test
  void log_holdsTheKeysOfEveryChange() throws SQLException {
    database.execute("UPDATE memories SET amount = 1 WHERE id IN (3, 4)");
    assertThat(logged()).isEqualTo("3 4");
    database.execute(
        "DELETE FROM relations WHERE source = 6 OR target = 6",
        "UPDATE memories SET id = 2000 WHERE id = 6");
    assertThat(logged()).isEqualTo("2000 6");
    database.execute(
        "INSERT INTO memories (id, title, content, \"Owner Id\") VALUES (900, 'n', 'n', 1)"
            + " ON CONFLICT (id) DO UPDATE SET title = 'n'");
    assertThat(logged()).isEqualTo("900");
    database.execute("DELETE FROM memories WHERE id = 900");
    assertThat(logged()).isEqualTo("900");
    database.execute("UPDATE memory_chunks SET memory_id = 51 WHERE memory_id = 50");
    assertThat(logged()).isEqualTo("50 51");
    database.execute("TRUNCATE memory_chunks");
    assertThat(logged()).isEqualTo("100 150 200 250 300 350 400 51");
    database.execute("TRUNCATE memories, relations, memory_chunks");
    assertThat(logged()).isEqualTo("all");
  }

  @Test
  void changesOfReplication_areLoggedToo() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET session_replication_role = replica");
      statement.execute("UPDATE memories SET amount = 2 WHERE id = 12");
    }
    assertThat(logged()).isEqualTo("12");
    assertThat(store.<Long>read(store.capture()::pending)).isZero();
  }

  @Test
  void application_writesOn_withoutRightsOnTheLog() throws SQLException {
    database.execute(
        "DO $$ BEGIN CREATE ROLE writer LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON memories TO writer");
    String address = "jdbc:postgresql://localhost:" + database.url().port() + "/" + database.name();
    try (Connection connection = DriverManager.getConnection(address, "writer", null);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMP TABLE whimbrel_changes (memory_key text)");
      assertThat(statement.executeUpdate("UPDATE memories SET amount = 3 WHERE id < 4"))
          .isEqualTo(3);
      assertThatThrownBy(() -> statement.execute("SELECT * FROM public.whimbrel_changes"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("permission denied");
    }
    assertThat(store.<Long>read(store.capture()::pending)).isEqualTo(3);
  }

  @Test
  void install_givesUp_whenAWriterNeverEnds_andThenWorks() throws SQLException {
    store.capture().remove();
    List<String> before = definitions();
    try (Connection writer = database.connect();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("UPDATE memories SET amount = 4 WHERE id = 1");
      assertThatThrownBy(() -> store.capture().install())
          .isInstanceOf(LockNotAvailableException.class);
      writer.rollback();
    }
    assertThat(definitions()).isEqualTo(before);
    store.capture().install();
    store.capture().install();
    database.execute("UPDATE memories SET amount = 4 WHERE id = 1");
    assertThat(logged()).isEqualTo("1");
    store.capture().remove();
    store.capture().remove();
    assertThat(definitions()).isEqualTo(before);
  }

  private List<String> definitions() throws SQLException {
    try (Connection connection = database.connect()) {
      return TableSnapshots.definitionsOfPostgres(connection);
    }
  }
}
