// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Another session of the same database that is in the way. */
@Tag("cluster")
@EnabledIfSystemProperty(
    named = "whimbrel.faults",
    matches = "true",
    disabledReason = "takes minutes: -Dwhimbrel.faults=true runs it")
class LockFaultsIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int MEMORIES = 1_500;

  private final Path folder;

  LockFaultsIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void range_isTriedAgain_whenALockTimesOut() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    try (CliProcess migrate = start(scene)) {
      awaitRanges(scene);
      try (Connection other = scene.store().connect()) {
        lockSegments(other);
        eventually(LIMIT, () -> assertThat(migrate.err()).contains("cause=LOCK_TIMEOUT"));
        other.rollback();
      }
      assertThat(migrate.exitWithin(LIMIT)).as(migrate.err()).isZero();
    }
    scene.assertMigrated();
  }

  @Test
  void migration_isPausedWithItsReason_whenALockIsNeverFree_andResumes() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    try (CliProcess migrate =
        start(
            scene, "-Dwhimbrel.retry.patience-seconds=2", "-Dwhimbrel.lease.worker.millis=3000")) {
      awaitRanges(scene);
      try (Connection other = scene.store().connect()) {
        lockSegments(other);
        eventually(LIMIT, () -> assertThat(migrate.err()).contains("paused: no worker gets on"));
        Cli.Result status = scene.run("status");
        assertThat(status.out())
            .contains("COPYING, paused")
            .contains("reason     no worker gets on: LOCK_TIMEOUT: ");
        other.rollback();
      }
      assertThat(migrate.isAlive()).isTrue();

      assertThat(scene.run("resume").exit()).isZero();

      assertThat(migrate.exitWithin(LIMIT)).as(migrate.err()).isZero();
    }
    scene.assertMigrated();
    assertThat(scene.store().texts("SELECT reason FROM whimbrel_migrations"))
        .containsExactly("null");
  }

  @Test
  void range_isTriedAgain_whenItWasTheVictimOfADeadlock() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    // Whoever looks for the deadlock second finds it; the other session never looks.
    scene.store().execute("ALTER ROLE postgres SET deadlock_timeout = '4s'");
    try (CliProcess migrate = start(scene)) {
      awaitRanges(scene);
      try (Connection other = scene.store().connect();
          Statement statement = other.createStatement()) {
        statement.execute("SET deadlock_timeout = '1h'");
        lockSegments(other);
        eventually(LIMIT, () -> assertThat(waitingForSegments(scene)).isPositive());
        // The claims are locked by the commits that wait for the segments.
        statement.execute("UPDATE whimbrel_ranges SET round = round WHERE state = 'CLAIMED'");
        other.rollback();
      }
      assertThat(migrate.exitWithin(LIMIT)).as(migrate.err()).isZero();
      assertThat(migrate.err()).contains("cause=CONFLICT");
    } finally {
      scene.store().execute("ALTER ROLE postgres RESET deadlock_timeout");
    }
    scene.assertMigrated();
  }

  @Test
  void range_isTriedAgain_whenTheServerAsksForIt() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    try (CliProcess migrate = start(scene)) {
      awaitRanges(scene);
      // A sequence counts through rollbacks, so that the fourth try succeeds.
      scene
          .store()
          .execute(
              "CREATE SEQUENCE tries",
              "CREATE FUNCTION refuse_thrice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                  + " IF nextval('tries') <= 3 THEN RAISE EXCEPTION 'could not serialize access'"
                  + " USING ERRCODE = '40001'; END IF; RETURN NULL; END $$",
              "CREATE TRIGGER refuse BEFORE INSERT ON memory_segments"
                  + " FOR EACH STATEMENT EXECUTE FUNCTION refuse_thrice()");
      assertThat(migrate.exitWithin(LIMIT)).as(migrate.err()).isZero();
      assertThat(migrate.err()).contains("cause=CONFLICT").contains("could not serialize access");
    }
    scene
        .store()
        .execute("DROP TRIGGER refuse ON memory_segments", "DROP FUNCTION refuse_thrice()");
    assertThat(scene.store().number("SELECT last_value FROM tries")).isGreaterThan(3);
    scene.store().execute("DROP SEQUENCE tries");
    scene.assertMigrated();
  }

  @Test
  void migrate_isNotLimited_whenItsRoleHasAStatementTimeout() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    scene.store().execute("ALTER ROLE postgres SET statement_timeout = '20ms'");
    try {
      Cli.Result migrate = scene.migrate();
      assertThat(migrate.exit()).as(migrate.out() + migrate.err()).isZero();
    } finally {
      scene.store().execute("ALTER ROLE postgres RESET statement_timeout");
    }
    scene.assertMigrated();
  }

  @Test
  void migrate_waits_whenAnApplicationHoldsSqlitesLockForSeconds() throws Exception {
    DemoScene scene = DemoScene.make(Backend.SQLITE, folder, MEMORIES);
    try (CliProcess migrate = start(scene)) {
      awaitRanges(scene);
      try (Connection application = scene.store().connect();
          Statement statement = application.createStatement()) {
        begin(statement);
        // Longer than the ten seconds for which SQLite itself waits.
        assertThat(migrate.endsWithin(Duration.ofSeconds(13))).isFalse();
        statement.execute("COMMIT");
      }
      assertThat(migrate.exitWithin(LIMIT)).as(migrate.err()).isZero();
    }
    scene.assertMigrated();
  }

  @Test
  void migrate_leavesWithAMessage_whenAnApplicationNeverLetsGoOfSqlite() throws Exception {
    DemoScene scene = DemoScene.make(Backend.SQLITE, folder, MEMORIES);
    try (CliProcess migrate = start(scene, "-Dwhimbrel.retry.patience-seconds=2")) {
      awaitRanges(scene);
      try (Connection application = scene.store().connect();
          Statement statement = application.createStatement()) {
        begin(statement);
        assertThat(migrate.exitWithin(Duration.ofMinutes(3))).as(migrate.err()).isEqualTo(3);
        statement.execute("COMMIT");
      }
      assertThat(migrate.err())
          .contains("the store cannot be used, for ")
          .contains("LOCK_TIMEOUT")
          .contains("`whimbrel migrate` continues");
    }
    assertThat(scene.migrate().exit()).isZero();
    scene.assertMigrated();
  }

  // Our own test writes on the same file, in between the migration's own.
  private static void begin(Statement statement) throws SQLException {
    statement.execute("PRAGMA busy_timeout = 10000");
    statement.execute("BEGIN IMMEDIATE");
  }

  private static void lockSegments(Connection other) throws SQLException {
    other.setAutoCommit(false);
    try (Statement statement = other.createStatement()) {
      statement.execute("LOCK TABLE memory_segments IN SHARE MODE");
    }
  }

  private static long waitingForSegments(DemoScene scene) {
    try {
      return scene
          .store()
          .number(
              "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation ="
                  + " 'memory_segments'::regclass");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitRanges(DemoScene scene) {
    eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isGreaterThan(10));
  }

  private static CliProcess start(DemoScene scene, String... javaOptions) throws Exception {
    return CliProcess.start(
        scene.folder(), List.of(javaOptions), scene.migrateArguments("--batch-size", "5"));
  }
}
