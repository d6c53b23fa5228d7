// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.metrics.Role;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.migration.MigrateOptions;
import io.whimbrel.migration.MigrateOptions.BackupMode;
import io.whimbrel.migration.MigrationRun;
import io.whimbrel.migration.RunContext;
import io.whimbrel.migration.Steering;
import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.progress.ProgressDisplay;
import io.whimbrel.progress.ProgressDisplays;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreUrl.PostgresUrl;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the grid loses, repeats or keeps to itself only costs time. */
class LossyGridIT {

  private final Path folder;

  LossyGridIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void everyMemoryIsMigratedOnce_whenHintsAreLostAndDoubled() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, 2_000);
    MigrateOptions options =
        new MigrateOptions(
            new MigrationSettings(
                20,
                MigrationSettings.LEVEL_DEFAULT,
                MigrationSettings.MAX_FAILURE_RATE_DEFAULT,
                MigrationSettings.SEGMENT_BYTES_DEFAULT,
                MigrationSettings.INLINE_BYTES_MAX_DEFAULT,
                0),
            3,
            false,
            BackupMode.NONE,
            scene.backups(),
            scene.reports());
    try (Store store = PostgresStore.open((PostgresUrl) scene.store().storeUrl(), Map.of());
        LossyGrid grid = new LossyGrid();
        WhimbrelMetrics metrics = new WhimbrelMetrics(EnumSet.allOf(Role.class));
        ProgressDisplay progress =
            ProgressDisplays.choose(
                false,
                false,
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        MigrationRun run =
            MigrationRun.begin(
                new RunContext(
                    store, Ledger.of(store), grid, metrics, progress, Clock.systemUTC(), "here"),
                options,
                new Steering(),
                MigrationKind.SHADOW_COPY,
                store.inspector().inspect())) {
      assertThat(run.run().state()).isEqualTo(MigrationState.COMPLETED);
      assertThat(grid.lost).hasPositiveValue();
      assertThat(grid.doubled).hasPositiveValue();
    }
    scene.assertMigrated();
  }
}
