// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoForm;
import io.whimbrel.ledger.LedgerSchema;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** `kill -9`, and a long sleep, of the commands that undo or end a migration. */
class KilledUndoingIT {

  private static final int MEMORIES = 500;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path folder;

  KilledUndoingIT(@TempDir Path folder) {
    this.folder = folder;
  }

  private static void assertIsAsBefore(DemoScene scene) throws Exception {
    assertThat(scene.store().state()).isEqualTo("ROLLED_BACK");
    scene.assertStoreIsOriginal();
    assertOnlyTheLedgerIsLeft(scene);
  }

  private static void assertServesInTheNewFormat(DemoScene scene) throws SQLException {
    assertThat(scene.store().memoriesColumns()).contains("content_segment");
    scene.assertTextsReadBack();
    scene.assertAllElseIsCarried();
    assertThat(scene.run("verify").exit()).isZero();
  }

  private static void assertOnlyTheLedgerIsLeft(DemoScene scene) throws SQLException {
    assertThat(scene.store().leftovers()).isSubsetOf(LedgerSchema.TABLES);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void rollbackBeforeTheSwap_isFinishedByTheSameCommand_whereverItIsKilled(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    KilledCommands killed = new KilledCommands(scene);
    killed.migrate("in-step:halt:5");
    for (String point : new String[] {"in-rollback", "after-rollback"}) {
      killed.run(point + ":halt:1", "rollback");
      assertThat(killed.state()).isEqualTo("ROLLING_BACK");
      scene.assertTextsReadBack();
    }

    assertThat(scene.run("rollback").exit()).isZero();

    assertIsAsBefore(scene);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void rollbackAfterTheSwap_isFinishedByTheSameCommand_whereverItIsKilled(Backend backend)
      throws Exception {
    DemoScene scene = migratedTwice(backend);
    KilledCommands killed = new KilledCommands(scene);
    killed.run("in-swap-back:halt:1", "rollback");
    assertThat(killed.state()).isEqualTo("COMPLETED");
    scene.assertTextsReadBack();
    for (String point : new String[] {"after-swap-back", "in-rollback", "after-rollback"}) {
      killed.run(point + ":halt:1", "rollback");
      assertThat(killed.state()).as(point).isEqualTo("ROLLING_BACK");
      scene.assertTextsReadBack();
      assertThat(scene.store().memoriesColumns()).doesNotContain("content_segment");
    }

    Cli.Result finished = scene.run("rollback");

    assertThat(finished.exit()).as(finished.err()).isZero();
    assertThat(scene.store().texts("SELECT DISTINCT state FROM whimbrel_migrations"))
        .containsExactly("ROLLED_BACK");
    scene.assertTextsReadBack();
    scene.assertDefinitionsAreOriginal();
    assertOnlyTheLedgerIsLeft(scene);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void rollbackAfterTheSwap_isFinishedByMigrateToo_whenItWasKilled(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    assertThat(scene.migrate().exit()).isZero();
    new KilledCommands(scene).run("after-swap-back:halt:1", "rollback");

    Cli.Result finished = scene.migrate();

    assertThat(finished.exit()).as(finished.err()).isEqualTo(1);
    assertIsAsBefore(scene);
    assertThat(scene.migrate().exit()).isZero();
    assertServesInTheNewFormat(scene);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void rollbackAfterTheSwap_keepsTheCopy_whenAMemoryDidNotComeBack(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    assertThat(scene.migrate().exit()).isZero();
    new KilledCommands(scene).run("after-swap-back:halt:1", "rollback");
    String copy = backend == Backend.SQLITE ? "whimbrel_copy_m1" : "whimbrel_m1.memories";
    String changed = scene.anyKey(DemoForm.PLAIN);
    scene
        .store()
        .execute(
            "UPDATE " + copy + " SET title = 'as it served' WHERE id = 7",
            "INSERT INTO "
                + copy
                + " (id, title, content, owner_id) VALUES (900000, 'lost', 'as it served', 1)",
            // The application's own change, which the triggers saw.
            "UPDATE memories SET content = 'changed since' WHERE id = " + changed);
    scene.wrote(changed, "changed since");

    Cli.Result stopped = scene.run("rollback");

    assertThat(stopped.exit()).as(stopped.out()).isEqualTo(4);
    assertThat(stopped.err()).contains("2 memories did not come back as they were", "7: ");
    assertThat(scene.store().state()).isEqualTo("FAILED");
    assertThat(scene.store().number("SELECT count(*) FROM " + copy)).isEqualTo(MEMORIES + 1);
    scene.assertTextsReadBack();
    // Somebody has looked.
    assertThat(scene.run("rollback").exit()).isZero();
    assertThat(scene.store().state()).isEqualTo("ROLLED_BACK");
    scene.assertTextsReadBack();
    scene.assertDefinitionsAreOriginal();
    assertOnlyTheLedgerIsLeft(scene);
  }

  // What stopped the migration must not stop its way back.
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void rollback_undoesAll_whenTheApplicationChangedTheDefinition(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    new KilledCommands(scene).migrate("in-step:halt:6");
    scene.store().execute("ALTER TABLE memories ADD COLUMN mood text");
    Cli.Result refused = scene.migrate();
    assertThat(refused.exit()).as(refused.out()).isEqualTo(4);
    assertThat(scene.store().state()).isEqualTo("FAILED");

    Cli.Result undone = scene.run("rollback");

    assertThat(undone.exit()).as(undone.err()).isZero();
    assertThat(scene.store().state()).isEqualTo("ROLLED_BACK");
    assertOnlyTheLedgerIsLeft(scene);
    scene.assertTextsReadBack();
    assertThat(scene.migrate().exit()).as("with the new column").isZero();
    assertServesInTheNewFormat(scene);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void rollbackOfTheSwap_isRefused_whileAPackingIsOpen(Backend backend) throws Exception {
    DemoScene scene = writtenSince(backend);
    new KilledCommands(scene).migrate("in-planning:halt:1");

    Cli.Result refused = scene.run("rollback", "--migration", "1");

    assertThat(refused.exit()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err()).contains("migration 2 is COPYING");
    scene.assertTextsReadBack();
    assertThat(scene.store().memoriesColumns()).contains("content_segment");
    assertThat(scene.run("rollback").exit()).as("of what is open").isZero();
    assertThat(scene.run("rollback").exit()).as("of the swap").isZero();
    scene.assertTextsReadBack();
    scene.assertDefinitionsAreOriginal();
  }

  // It sleeps when all is prepared and its one statement is not sent.
  @Test
  void swapBack_isCalledOff_whenAPackingBeganWhileItSlept() throws Exception {
    DemoScene scene = writtenSince(Backend.POSTGRES_NEWEST);
    KilledCommands killed = new KilledCommands(scene);
    try (CliProcess asleep = killed.freeze("in-swap-back", "rollback")) {
      killed.migrate("in-planning:halt:1");
      asleep.signal("CONT");

      assertThat(asleep.exitWithin(LIMIT)).as(asleep.out()).isEqualTo(4);
      assertThat(asleep.err()).contains("the swap was called off");
    }
    assertThat(scene.store().texts("SELECT state FROM whimbrel_migrations ORDER BY migration_id"))
        .containsExactly("COMPLETED", "COPYING");
    assertThat(scene.migrate().exit()).isZero();
    scene.assertTextsReadBack();
    assertThat(scene.run("rollback").exit()).isZero();
    scene.assertTextsReadBack();
    scene.assertDefinitionsAreOriginal();
  }

  // What was written after the swap is packed in place, by a migration that is newer than the swap.
  private DemoScene migratedTwice(Backend backend) throws Exception {
    DemoScene scene = writtenSince(backend);
    assertThat(scene.migrate().exit()).isZero();
    assertThat(scene.store().number("SELECT max(migration_id) FROM whimbrel_migrations"))
        .isEqualTo(2);
    return scene;
  }

  private DemoScene writtenSince(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    assertThat(scene.migrate().exit()).isZero();
    for (int id = 100_000; id < 100_010; id++) {
      String text = "Written after the swap, as number " + id + ", and long enough to be packed.";
      scene
          .store()
          .execute(
              "INSERT INTO memories (id, title, content, owner_id) VALUES ("
                  + id
                  + ", 'new', '"
                  + text
                  + "', 1)");
      scene.wrote(Integer.toString(id), text);
    }
    return scene;
  }

  // It sleeps when the legacy table serves again and the copy is not dropped. What it drops when it
  // wakes up must not be the next migration's.
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void rollback_harmsNothing_whenItSleptUntilTheStoreWasMigratedAgain(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    assertThat(scene.migrate().exit()).isZero();
    try (CliProcess asleep = new KilledCommands(scene).freeze("after-swap-back", "rollback")) {
      Cli.Result other = scene.run("rollback");
      // Whoever asked a moment too late finds nothing to do.
      assertThat(other.exit()).as(other.err()).isIn(0, 2);
      assertThat(scene.migrate().exit()).isZero();
      assertServesInTheNewFormat(scene);

      asleep.signal("CONT");
      asleep.exitWithin(LIMIT);
    }
    assertServesInTheNewFormat(scene);
    Cli.Result back = scene.run("rollback");
    assertThat(back.exit()).as(back.err()).isZero();
    assertIsAsBefore(scene);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void finalize_isFinishedByTheSameCommand_andByNoOther_whenItWasKilled(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    assertThat(scene.migrate().exit()).isZero();
    new KilledCommands(scene).run("in-finalize:halt:1", "finalize");
    assertThat(scene.store().state()).isEqualTo("COMPLETED");
    scene.assertTextsReadBack();

    Cli.Result refused = scene.run("rollback");

    assertThat(refused.exit()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err()).contains("legacy table").contains("finalize");
    scene.assertTextsReadBack();
    assertThat(scene.run("finalize").exit()).isZero();
    assertThat(scene.store().state()).isEqualTo("FINALIZED");
    assertServesInTheNewFormat(scene);
  }
}
