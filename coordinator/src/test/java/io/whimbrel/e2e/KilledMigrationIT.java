// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.ledger.LedgerSchema;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** `kill -9` of `migrate` in every state: one command goes on, and two others undo. */
class KilledMigrationIT {

  private static final int MEMORIES = 700;

  /** A point, and the state that the ledger names after a process died there. */
  private record Death(String fault, String state) {}

  private static final List<Death> DEATHS =
      List.of(
          new Death("in-step:halt:1", "CREATED"),
          new Death("in-snapshot:halt:1", "SNAPSHOT"),
          new Death("in-planning:halt:3", "COPYING"),
          new Death("mid-copy:halt:150", "COPYING"),
          new Death("before-commit:halt:2", "COPYING"),
          new Death("after-commit:halt:1", "COPYING"),
          new Death("in-step:halt:2", "CATCHING_UP"),
          new Death("in-step:halt:2", "VERIFYING"),
          new Death("after-claim:halt:2", "VERIFYING"),
          new Death("before-commit:halt:2", "VERIFYING"),
          new Death("before-cut-over:halt:1", "CUTTING_OVER"),
          new Death("in-cut-over:halt:1", "CUTTING_OVER"),
          new Death("after-cut-over:halt:1", "COMPLETED"),
          new Death("in-step:halt:1", "COMPLETED"));

  private final Path folder;

  KilledMigrationIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void migrate_goesOnToItsEnd_howeverOftenItIsKilled(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    KilledCommands killed = new KilledCommands(scene);
    String before = "";
    List<String> committed = List.of();
    for (Death death : DEATHS) {
      String said = killed.migrate(death.fault());

      assertThat(killed.state()).as(death.fault()).isEqualTo(death.state());
      if (!before.isEmpty()) {
        assertThat(said).contains("going on with migration 1 in state " + before);
      }
      assertThat(killed.committed()).as("nothing is done again").containsAll(committed);
      scene.assertTextsReadBack();
      before = death.state();
      committed = killed.committed();
    }

    Cli.Result ended = scene.migrate();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(killed.committed()).as("nothing is done again").isEqualTo(committed);
    scene.assertMigrated();
    assertThat(scene.run("rollback").exit()).isZero();
    scene.assertStoreIsOriginal();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void rollbackAndCancel_undoAll_whicheverStateItWasKilledIn(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    KilledCommands killed = new KilledCommands(scene);
    for (int step = 1; step <= 7; step++) {
      // The first is killed as it is about to do what belongs to its first state, and so on.
      killed.migrate("in-step:halt:" + step);
      if (step == 7) {
        assertThat(scene.store().state()).isEqualTo("COMPLETED");
      }
      if (step % 2 == 0) {
        assertThat(scene.run("cancel").exit()).isZero();
        Cli.Result undone = scene.migrate();
        assertThat(undone.exit()).as("step " + step + undone.err()).isEqualTo(3);
      } else {
        Cli.Result undone = scene.run("rollback");
        assertThat(undone.exit()).as("step " + step + undone.err()).isZero();
      }

      assertThat(scene.store().state()).isEqualTo("ROLLED_BACK");
      scene.assertStoreIsOriginal();
      assertThat(scene.store().leftovers()).isSubsetOf(LedgerSchema.TABLES);
    }
  }
}
