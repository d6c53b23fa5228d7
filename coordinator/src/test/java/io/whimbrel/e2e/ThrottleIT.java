// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that suffers is noticed, the copy goes slower, and everybody is told why. */
class ThrottleIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int MEMORIES = 800;
  private static final Pattern ADDRESS = Pattern.compile("live page on http://([^/]+)/");

  private final Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  ThrottleIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void reasonIsToldEverywhere_whileThePostgresTableIsVacuumed() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    try (CliProcess run = migrate(scene);
        Connection connection = scene.store().connect();
        Statement vacuum = connection.createStatement()) {
      vacuum.execute("SET vacuum_cost_limit = 1; SET vacuum_cost_delay = 100");
      CompletableFuture<Void> vacuumed =
          CompletableFuture.runAsync(() -> execute(vacuum, "VACUUM (FREEZE) memories"));

      assertTold(scene, run, "the table is being vacuumed", "vacuum");

      vacuum.cancel();
      vacuumed.handle((done, cancelled) -> true).get();
      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
    }
    scene.assertTextsReadBack();
  }

  @Test
  void reasonIsToldEverywhere_whileCommitsTakeLong() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    try (CliProcess run = migrate(scene)) {
      scene
          .store()
          .execute(
              "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
                  + " 'BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END'",
              "CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON whimbrel_migrations DEFERRABLE"
                  + " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()");

      assertTold(scene, run, "a commit takes [0-9]+ ms, over 250 ms", "commit-latency");

      scene.store().execute("DROP FUNCTION slow() CASCADE");
      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
    }
    scene.assertTextsReadBack();
  }

  @Test
  void reasonIsToldEverywhere_whileApplicationsHoldSqlitesLock() throws Exception {
    DemoScene scene = DemoScene.make(Backend.SQLITE, folder, MEMORIES);
    AtomicBoolean stop = new AtomicBoolean();
    try (CliProcess run = migrate(scene)) {
      CompletableFuture<Void> application =
          CompletableFuture.runAsync(() -> holdTheLock(scene, stop));

      assertTold(scene, run, "others hold the file's write lock", "writer-wait");

      stop.set(true);
      application.get();
      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
    }
    scene.assertTextsReadBack();
  }

  private static CliProcess migrate(DemoScene scene) throws IOException {
    CliProcess run =
        CliProcess.start(
            scene.folder(),
            scene.migrateArguments("--batch-size", "1", "--workers", "1", "--http", "0"));
    eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isPositive());
    return run;
  }

  private void assertTold(DemoScene scene, CliProcess run, String reason, String label) {
    Matcher said = ADDRESS.matcher(run.err());
    assertThat(said.find()).as(run.err()).isTrue();
    String address = said.group(1);
    eventually(
        LIMIT,
        () ->
            assertThat(scene.run("status", "--http", address).out())
                .containsPattern("throttle +" + reason));
    eventually(
        LIMIT,
        () ->
            assertThat(metrics(address))
                .containsPattern(
                    "whimbrel_throttle_seconds_total\\{reason=\"" + label + "\"} [1-9]"));
    eventually(LIMIT, () -> assertThat(run.err()).containsPattern("slowed: .*" + reason));
  }

  private String metrics(String address) {
    try {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://" + address + "/metrics")).build(),
              BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void holdTheLock(DemoScene scene, AtomicBoolean stop) {
    try (Connection connection = scene.store().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 20000");
      while (!stop.get()) {
        statement.execute("BEGIN IMMEDIATE");
        statement.execute("UPDATE memories SET access_count = access_count + 1 WHERE id = 1");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
        statement.execute("COMMIT");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void execute(Statement statement, String sql) {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
