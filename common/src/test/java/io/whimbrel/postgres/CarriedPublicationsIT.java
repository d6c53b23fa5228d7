// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.ledger.MigrationState;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Database;
import io.whimbrel.testing.PostgresServer.Version;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publications that list the table; before version 15 they have neither columns nor rows. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before each test.
class CarriedPublicationsIT {

  private static final Duration LOCKS = Duration.ofSeconds(2);

  private static PostgresServer server;

  private Database database;
  private PostgresStore store;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(Version.NEWEST);
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
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void publications_keepTheirColumnsAndRows_andListTheTableThatServes() throws SQLException {
    database.execute(
        "ALTER TABLE memories REPLICA IDENTITY DEFAULT",
        "CREATE PUBLICATION \"Some of them\" FOR TABLE memories (id, title, \"Owner Id\")"
            + " WHERE (id > 10 AND id < 5000), users WHERE (id > 2)");
    String fingerprint = store.inspector().fingerprint();
    String before = published();
    ManualMigration migration = ManualMigration.begin(store);
    migration.copy();

    store
        .shadowTable()
        .cutOver(migration.migrationId, fingerprint, 1_000, LOCKS, migration.readyToSwap());

    assertThat(published()).isEqualTo(before).contains("title");
    database.execute("UPDATE memories SET title = 'published' WHERE id = 11");

    store
        .shadowTable()
        .swapBack(
            migration.migrationId,
            LOCKS,
            migration.step(1, MigrationState.COMPLETED, MigrationState.ROLLED_BACK));
    store.shadowTable().afterSwapBack(migration.migrationId);
    assertThat(published()).isEqualTo(before);
    assertThat(store.inspector().fingerprint()).isEqualTo(fingerprint);
  }

  private String published() throws SQLException {
    return database.value(
        "SELECT string_agg(format('%s %s.%s %s %s', pubname, schemaname, tablename, attnames,"
            + " rowfilter), '; ' ORDER BY pubname, tablename) FROM pg_publication_tables"
            + " WHERE pubname = 'Some of them'");
  }

  @Test
  void swap_isRefused_whenAPublicationWasChangedMeanwhile() throws SQLException {
    String fingerprint = store.inspector().fingerprint();
    ManualMigration migration = ManualMigration.begin(store);
    migration.copy();
    database.execute("ALTER PUBLICATION of_memories SET TABLE memories WHERE (id > 5)");
    assertThatThrownBy(
            () ->
                store
                    .shadowTable()
                    .cutOver(
                        migration.migrationId, fingerprint, 1_000, LOCKS, migration.readyToSwap()))
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessageContaining("definition of memories");
  }
}
