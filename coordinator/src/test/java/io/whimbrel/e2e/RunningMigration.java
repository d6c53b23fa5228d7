// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/** A migration that is running in another process. */
final class RunningMigration {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private RunningMigration() {}

  /** A second `migrate` finds the first and leaves it alone; so does a `rollback`. */
  static void refusesASecond(DemoScene scene) throws Exception {
    try (CliProcess first =
        CliProcess.start(scene.folder(), scene.migrateArguments("--batch-size", "1"))) {
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isPositive());
      // Paused, so that it lives longer than the second one is willing to wait for it.
      assertThat(scene.run("pause").exit()).isZero();

      Cli.Result second = scene.migrate();

      assertThat(second.exit()).as(second.err()).isEqualTo(2);
      assertThat(second.errorLines()).hasSize(1);
      assertThat(second.err()).contains("another migration of this store is running");
      assertThat(first.isAlive()).isTrue();
      assertThat(scene.run("resume").exit()).isZero();
      assertThat(first.exitWithin(LIMIT)).as(first.err()).isZero();
    }
    scene.assertTextsReadBack();
    scene.assertAllElseIsCarried();
  }
}
