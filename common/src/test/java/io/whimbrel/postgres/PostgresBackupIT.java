// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.whimbrel.store.StoreBackup.BackupResult;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Database;
import io.whimbrel.testing.PostgresServer.Version;
import io.whimbrel.testing.TableSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups with the client programs of this machine, so the oldest server is the safe one. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before each test.
class PostgresBackupIT {

  private static PostgresServer server;

  @TempDir Path directory;
  private Database database;
  private PostgresStore store;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(Version.OLDEST);
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void open() throws SQLException {
    database = server.createDatabase();
    SampleStore.create(database, "serial PRIMARY KEY");
    store = PostgresStore.open(database.url(), System.getenv(), 6);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void assumeClientPrograms() throws SQLException {
    try {
      store.backup().checkPossible();
      new ClientPrograms(store.source()).find("psql");
    } catch (StoreRefusedException e) {
      abort("skipped: " + e.getMessage());
    }
  }

  @Test
  void restore_bringsEverythingBack_evenAfterACutOver() throws Exception {
    assumeClientPrograms();
    Map<String, List<String>> rows = rows();
    List<String> definitions = definitions();
    ManualMigration migration = ManualMigration.begin(store);
    BackupResult backup = store.backup().take(directory.resolve("backups"), "first");

    assertThat(backup.check()).contains("memories", "checksum");
    assertThat(backup.sizeBytes()).isPositive();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup.location())))
        .isEqualTo("rwx------");
    try (var files = Files.list(backup.location())) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }

    migration.copy();
    store
        .shadowTable()
        .cutOver(
            migration.migrationId,
            store.inspector().fingerprint(),
            1_000,
            Duration.ofSeconds(2),
            migration.readyToSwap());
    database.execute("UPDATE memories SET title = 'changed' WHERE id = 3", "DELETE FROM relations");

    assertThat(store.backup().verify(backup.location()).sizeBytes()).isEqualTo(backup.sizeBytes());
    store.backup().restore(backup.location());

    assertThat(rows()).isEqualTo(rows);
    assertThat(definitions()).isEqualTo(definitions);
    assertThat(database.value("SELECT count(*) FROM pg_class WHERE relname ~ 'whimbrel'"))
        .isEqualTo("0");
  }

  @Test
  void damagedBackup_isRefused_beforeAnythingIsTouched() throws Exception {
    assumeClientPrograms();
    BackupResult backup = store.backup().take(directory, "damaged");
    Map<String, List<String>> rows = rows();
    Path largest;
    try (var files = Files.list(backup.location())) {
      largest =
          files
              .filter(file -> file.toString().endsWith(".gz"))
              .max(java.util.Comparator.comparingLong(file -> file.toFile().length()))
              .orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(largest);
    Files.write(largest, java.util.Arrays.copyOf(bytes, bytes.length / 2));

    assertThatThrownBy(() -> store.backup().verify(backup.location()))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("damaged");
    assertThatThrownBy(() -> store.backup().restore(backup.location()))
        .isInstanceOf(StoreRefusedException.class);
    assertThatThrownBy(() -> store.backup().take(directory, "damaged"))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("already");
    assertThat(rows()).isEqualTo(rows);
  }

  @Test
  void failedRestore_leavesTheDatabaseAsItWas() throws Exception {
    assumeClientPrograms();
    BackupResult backup = store.backup().take(directory, "good");
    // Made after the backup, so that dropping the table under it must fail.
    database.execute(
        "CREATE MATERIALIZED VIEW late AS SELECT id FROM memories", "DELETE FROM relations");
    Map<String, List<String>> rows = rows();
    List<String> definitions = definitions();

    assertThatThrownBy(() -> store.backup().restore(backup.location()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("depend");

    assertThat(rows()).isEqualTo(rows);
    assertThat(definitions()).isEqualTo(definitions);
  }

  @Test
  void backup_isRefusedEarly_whenTheProgramsAreMissing() {
    try (PostgresStore without =
        PostgresStore.open(database.url(), Map.of("WHIMBREL_PG_BIN", directory.toString()), 2)) {
      assertThatThrownBy(() -> without.backup().checkPossible())
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("pg_dump")
          .hasMessageContaining("--backup none")
          .hasMessageContaining("--backup restore-point");
    }
  }

  @Test
  void restorePoint_hasAPlaceInTheLog() throws SQLException {
    assertThat(store.backup().restorePoint("before")).matches("[0-9A-F]+/[0-9A-F]+");
  }

  private Map<String, List<String>> rows() throws SQLException {
    try (Connection connection = database.connect()) {
      return TableSnapshots.ofPostgres(connection);
    }
  }

  private List<String> definitions() throws SQLException {
    try (Connection connection = database.connect()) {
      return TableSnapshots.definitionsOfPostgres(connection);
    }
  }
}
