// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoForm;
import io.whimbrel.demo.DemoMix;
import io.whimbrel.demo.DemoOptions;
import io.whimbrel.ledger.LedgerSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Migrations that do not end in a swap: the store must serve as if none had been. */
class UndoneMigrationIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Little enough for ranges of one memory each. */
  private static final int FEW = 300;

  private final Path folder;

  UndoneMigrationIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void migrate_rollsEverythingBack_whenTooManyCannotBeDecoded(Backend backend) throws Exception {
    DemoScene scene =
        DemoScene.make(backend, folder, DemoOptions.of(2_000).withMix(DemoMix.UNDECODABLE));

    Cli.Result failed =
        backend == Backend.SQLITE ? scene.migrate("--backup", "auto") : scene.migrate();

    assertThat(failed.exit()).as(failed.err()).isEqualTo(1);
    assertThat(failed.out()).contains("Rolled back").contains("cannot be decoded");
    assertThat(scene.store().state()).isEqualTo("ROLLED_BACK");
    scene.assertStoreIsOriginal();
    assertOnlyTheLedgerIsLeft(scene.store());
    ReportFiles report = ReportFiles.newestIn(scene.reports());
    assertThat(report.text("/outcome")).isEqualTo("ROLLED_BACK");
    assertThat(report.json().at("/failureRate").asDouble()).isGreaterThan(0.05);
    if (scene.store() instanceof SqliteTestStore sqlite) {
      assertThat(sqlite.files()).containsOnlyKeys("memory.db");
      assertThat(sqlite.texts("PRAGMA journal_mode")).containsExactly("delete");
    }
    assertThat(scene.migrate("--max-failure-rate", "0.5").exit())
        .as("with a limit that allows it")
        .isZero();
    scene.assertTextsReadBack();
  }

  private static void assertOnlyTheLedgerIsLeft(TestStore store) throws Exception {
    assertThat(store.leftovers()).isSubsetOf(LedgerSchema.TABLES);
  }

  /** What an application does to the store while it is copied. */
  enum Change {
    INSERT {
      @Override
      void make(DemoScene scene) throws Exception {
        scene
            .store()
            .execute(
                "INSERT INTO memories (id, title, content, owner_id) VALUES (100000, 'new',"
                    + " 'Written while it was copied', 1)");
        scene.wrote("100000", "Written while it was copied");
      }
    },
    UPDATE {
      @Override
      void make(DemoScene scene) throws Exception {
        String key = scene.anyKey(DemoForm.PLAIN);
        scene.store().execute("UPDATE memories SET content = 'changed' WHERE id = " + key);
        scene.wrote(key, "changed");
      }
    };

    abstract void make(DemoScene scene) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void migrate_losesNoChange_whenSqliteIsWrittenWhileItIsCopied(Change change) throws Exception {
    assertNoChangeIsLost(Backend.SQLITE, change);
  }

  @ParameterizedTest
  @EnumSource
  void migrate_losesNoChange_whenPostgresIsWrittenWhileItIsCopied(Change change) throws Exception {
    assertNoChangeIsLost(Backend.POSTGRES_NEWEST, change);
  }

  private void assertNoChangeIsLost(Backend backend, Change change) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, FEW);
    try (CliProcess running = startSlow(scene)) {
      // Paused, so that the change comes in the middle however fast the machine is.
      assertThat(scene.run("pause").exit()).isZero();
      assertThat(scene.store().state()).isEqualTo("COPYING");
      change.make(scene);
      assertThat(scene.run("resume").exit()).isZero();

      assertThat(running.exitWithin(LIMIT)).as(running.out() + running.err()).isZero();
    }
    assertThat(scene.store().state()).isEqualTo("COMPLETED");
    scene.assertTextsReadBack();

    assertThat(scene.run("rollback").exit()).isZero();

    scene.assertTextsReadBack();
    scene.assertDefinitionsAreOriginal();
    assertOnlyTheLedgerIsLeft(scene.store());
  }

  // A process of its own: it ends with the test, however the test ends.
  private static CliProcess startSlow(DemoScene scene) throws Exception {
    CliProcess started =
        CliProcess.start(scene.folder(), scene.migrateArguments("--batch-size", "1"));
    eventually(
        LIMIT,
        () -> {
          assertThat(started.isAlive()).as(started.err()).isTrue();
          assertThat(scene.store().rangesDone()).isPositive();
        });
    return started;
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void migrate_undoesAll_whenAPersonCancels(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, FEW);
    try (CliProcess running = startSlow(scene)) {
      assertThat(scene.run("cancel").exit()).isZero();

      assertThat(running.exitWithin(LIMIT)).as(running.err()).isEqualTo(3);
    }
    assertThat(scene.store().state()).isEqualTo("ROLLED_BACK");
    scene.assertStoreIsOriginal();
    assertOnlyTheLedgerIsLeft(scene.store());
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void migrate_goesOn_whenItsProcessWasAskedToStop(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, FEW);
    try (CliProcess first = startSlow(scene)) {
      first.stop();
      assertThat(first.exitWithin(LIMIT)).as(first.err()).isEqualTo(3);
      assertThat(first.out()).contains("run the same command to go on");
    }
    assertThat(scene.store().state()).isEqualTo("COPYING");
    assertThat(scene.store().number("SELECT count(*) FROM whimbrel_ranges WHERE state = 'CLAIMED'"))
        .as("what it held is handed back")
        .isZero();
    long done = scene.store().rangesDone();

    assertThat(scene.migrate().exit()).isZero();

    assertThat(done).isPositive();
    scene.assertTextsReadBack();
    scene.assertAllElseIsCarried();
    assertThat(Files.exists(scene.reports())).isTrue();
  }
}
