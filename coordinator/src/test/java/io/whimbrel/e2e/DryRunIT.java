// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dry run reads, predicts and writes nothing but its report. */
class DryRunIT {

  private final Path folder;

  DryRunIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void dryRun_leavesEveryByte_whenStoreIsSqlite() throws Exception {
    DemoScene scene = DemoScene.make(Backend.SQLITE, folder, 1_200);
    SqliteTestStore store = (SqliteTestStore) scene.store();
    Map<String, String> before = store.files();

    assertPredicts(scene);

    assertThat(store.files()).isEqualTo(before);
    assertThat(scene.backups()).doesNotExist();
  }

  @Test
  void dryRun_leavesEveryByteAndReadsTheLog_whenAnApplicationLeftOneBehind() throws Exception {
    DemoScene scene = DemoScene.make(Backend.SQLITE, folder, 1_200);
    SqliteTestStore written = (SqliteTestStore) scene.store();
    SqliteTestStore store = written.empty();
    try (Connection application = written.connect();
        Statement statement = application.createStatement()) {
      statement.execute("PRAGMA journal_mode = wal");
      statement.execute("PRAGMA wal_autocheckpoint = 0");
      statement.execute(
          "INSERT INTO memories (id, title, content, owner_id) VALUES (100000, 'in the log',"
              + " 'only there', 1)");
      // As after a power cut: the file, and a log that nobody has carried into it.
      Files.copy(written.file(), store.file());
      Files.copy(Path.of(written.file() + "-wal"), Path.of(store.file() + "-wal"));
    }
    Map<String, String> before = store.files();
    assertThat(before).containsOnlyKeys("memory.db", "memory.db-wal");

    Cli.Result predicted =
        Cli.run(
            "migrate",
            "--dry-run",
            "--db-url",
            store.url(),
            "--report-dir",
            scene.reports().toString());

    assertThat(predicted.exit()).as(predicted.err()).isZero();
    assertThat(store.files()).containsAllEntriesOf(before);
    assertThat(ReportFiles.newestIn(scene.reports()).number("/memories/total")).isEqualTo(1_201);
  }

  @Test
  void dryRun_writesNothing_whenStoreIsPostgres() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, 1_200);

    assertPredicts(scene);

    scene.assertStoreIsOriginal();
  }

  private static void assertPredicts(DemoScene scene) throws Exception {
    Cli.Result predicted = scene.migrate("--dry-run");

    assertThat(predicted.exit()).as(predicted.err()).isZero();
    assertThat(predicted.err()).isEmpty();
    assertThat(predicted.out()).contains("Dry run").contains("Nothing was written");
    ReportFiles report = ReportFiles.newestIn(scene.reports());
    assertThat(report.text("/outcome")).isEqualTo("DRY_RUN");
    assertThat(report.json().at("/prediction/compressionRatio").asDouble()).isGreaterThan(1);
    assertThat(report.number("/prediction/diskNeededBytes")).isPositive();
    assertThat(scene.store().leftovers()).isEmpty();
  }
}
