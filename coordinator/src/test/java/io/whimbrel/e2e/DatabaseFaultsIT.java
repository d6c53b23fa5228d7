// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoOptions;
import io.whimbrel.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A database server that crashes, freezes or stays away while a migration runs. */
@Tag("cluster")
@EnabledIfSystemProperty(
    named = "whimbrel.faults",
    matches = "true",
    disabledReason = "takes minutes: -Dwhimbrel.faults=true runs it")
class DatabaseFaultsIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int MEMORIES = 3_000;

  @SuppressWarnings("NullAway.Init") // Set before the first test.
  private static PostgresServer server;

  private final Path folder;

  DatabaseFaultsIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  static void start(@TempDir Path data) {
    server = PostgresServer.startIn(data.resolve("server"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void migrate_goesOn_whenTheServerCrashesAndIsBack() throws Exception {
    DemoScene scene = scene();
    try (CliProcess migrate = start(scene)) {
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isGreaterThan(20));

      server.crash();
      server.startAgain();

      assertThat(migrate.exitWithin(LIMIT)).as(migrate.err()).isZero();
      assertThat(migrate.err()).contains("trying again");
    }
    scene.assertMigrated();
    assertThat(scene.store().number("SELECT count(*) FROM whimbrel_migrations")).isEqualTo(1);
  }

  @Test
  void backup_isBegunAgain_whenTheServerCrashesUnderIt() throws Exception {
    DemoScene scene = scene();
    scene.store().execute("CREATE TABLE busy (id int)");
    try (Connection other = scene.store().connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      // A dump reads every table, and waits for this one until the crash ends its owner.
      statement.execute("LOCK TABLE busy IN ACCESS EXCLUSIVE MODE");
      try (CliProcess migrate =
          CliProcess.start(scene.folder(), List.of(), scene.migrateArguments("--backup", "auto"))) {
        eventually(LIMIT, () -> assertThat(waitingFor(scene, "busy")).isPositive());

        server.crash();
        server.startAgain();

        assertThat(migrate.exitWithin(LIMIT)).as(migrate.err()).isZero();
        assertThat(migrate.err()).contains("the backup failed, trying again: attempt=1");
      }
    }
    scene.store().execute("DROP TABLE busy");
    scene.assertMigrated();
  }

  private static long waitingFor(DemoScene scene, String table) {
    try {
      return scene
          .store()
          .number(
              "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '"
                  + table
                  + "'::regclass");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void migrate_goesOn_whenTheServerIsSilentForLongerThanTheLeases() throws Exception {
    DemoScene scene = scene();
    try (CliProcess migrate =
        start(
            scene, "-Dwhimbrel.lease.worker.millis=2000", "-Dwhimbrel.lease.leader.millis=2000")) {
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isGreaterThan(20));

      server.freeze();
      boolean ended = migrate.endsWithin(Duration.ofSeconds(5));
      server.thaw();

      assertThat(ended).isFalse();
      assertThat(migrate.exitWithin(LIMIT)).as(migrate.err()).isZero();
    }
    scene.assertMigrated();
  }

  @Test
  void migrate_leavesWithAMessage_whenTheServerStaysAway_andGoesOnLater() throws Exception {
    DemoScene scene = scene();
    try (CliProcess migrate = start(scene, "-Dwhimbrel.retry.patience-seconds=3")) {
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isGreaterThan(20));

      server.crash();
      int exit;
      try {
        exit = migrate.exitWithin(LIMIT);
      } finally {
        server.startAgain();
      }

      assertThat(exit).as(migrate.err()).isEqualTo(3);
      assertThat(migrate.err())
          .contains("whimbrel: the store cannot be used, for ")
          .contains("`whimbrel migrate` continues where it stopped");
    }
    assertThat(scene.store().state()).isEqualTo("COPYING");
    assertThat(scene.migrate("--batch-size", "20").exit()).isZero();
    scene.assertMigrated();
    assertThat(scene.store().number("SELECT count(*) FROM whimbrel_migrations")).isEqualTo(1);
  }

  private DemoScene scene() throws Exception {
    return DemoScene.make(PostgresTestStore.on(server), folder, DemoOptions.of(MEMORIES));
  }

  private static CliProcess start(DemoScene scene, String... javaOptions) throws Exception {
    return CliProcess.start(
        scene.folder(), List.of(javaOptions), scene.migrateArguments("--batch-size", "5"));
  }
}
