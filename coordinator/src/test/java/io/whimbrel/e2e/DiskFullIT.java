// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoOptions;
import io.whimbrel.testing.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A volume of the database server that is too small. Needs the right to mount one. */
@EnabledIfSystemProperty(
    named = "whimbrel.faults",
    matches = "true",
    disabledReason = "takes minutes: -Dwhimbrel.faults=true runs it")
class DiskFullIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Path folder;
  private final SmallVolume volume;

  DiskFullIT(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.volume = SmallVolume.in(folder, "size=2m,mode=0777");
  }

  @AfterEach
  void unmount() throws Exception {
    volume.unmount();
  }

  @Test
  void migration_isPausedWithItsReason_whenTheDiskIsFull_andResumesWhenThereIsRoom()
      throws Exception {
    // Its own, since the volume goes away and whatever a server keeps there.
    try (PostgresServer server = PostgresServer.startIn(folder.resolve("server"))) {
      pauseAndResume(DemoScene.make(PostgresTestStore.on(server), folder, DemoOptions.of(20_000)));
    }
  }

  private void pauseAndResume(DemoScene scene) throws Exception {
    scene.store().execute("CREATE TABLESPACE small LOCATION '" + volume.path() + "'");
    String database = scene.store().texts("SELECT current_database()").get(0);
    // Where the copy and the segments will be made; what is there already stays where it is.
    scene
        .store()
        .execute("ALTER ROLE postgres IN DATABASE " + database + " SET default_tablespace = small");
    try (CliProcess migrate =
        CliProcess.start(
            scene.folder(),
            List.of("-Dwhimbrel.retry.patience-seconds=1", "-Dwhimbrel.lease.worker.millis=3000"),
            scene.migrateArguments("--batch-size", "100"))) {
      eventually(
          LIMIT,
          () ->
              assertThat(migrate.isAlive() ? migrate.err() : "ended: " + migrate.err())
                  .contains("paused: ")
                  .contains("No space left on device"));
      assertThat(scene.run("status").out()).contains(", paused").contains("RESOURCES");
      assertThat(
              scene
                  .store()
                  .number("SELECT count(*) FROM whimbrel_failures WHERE severity = 'QUARANTINE'"))
          .isLessThanOrEqualTo(scene.expectedQuarantined());

      assertThat(volume.resize("256m")).isTrue();
      assertThat(scene.run("resume").exit()).isZero();

      assertThat(migrate.exitWithin(LIMIT)).as(migrate.err()).isZero();
    }
    scene.assertMigrated();
  }
}
