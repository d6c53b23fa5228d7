// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoForm;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A row that the copy does not take, among many that it takes. */
class PoisonRowIT {

  private static final int MEMORIES = 300;

  private final Path folder;

  PoisonRowIT(@TempDir Path folder) {
    this.folder = folder;
  }

  private static void refuse(DemoScene scene, Backend backend, String condition) throws Exception {
    if (backend == Backend.SQLITE) {
      scene
          .store()
          .execute(
              "CREATE TRIGGER poison BEFORE INSERT ON whimbrel_copy_m1 WHEN "
                  + condition
                  + " BEGIN SELECT RAISE(ABORT, 'poison'); END");
    } else {
      scene
          .store()
          .execute(
              "ALTER TABLE whimbrel_m1.memories ADD CONSTRAINT poison CHECK (NOT ("
                  + condition.replace("NEW.", "")
                  + "))");
    }
  }

  private static void takeAgain(DemoScene scene, Backend backend) throws Exception {
    if (backend == Backend.SQLITE) {
      scene.store().execute("DROP TRIGGER poison");
    } else {
      scene.store().execute("ALTER TABLE whimbrel_m1.memories DROP CONSTRAINT poison");
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void thatRowAlone_isCarriedAsItIsStored_whenItCannotBePacked(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    KilledCommands killed = new KilledCommands(scene);
    killed.migrate("in-planning:halt:1");
    String key = scene.anyKey(DemoForm.ZLIB);
    refuse(scene, backend, "NEW.id = " + key + " AND NEW.content IS NULL");
    killed.migrate("before-cut-over:halt:1");
    takeAgain(scene, backend);

    Cli.Result migrated = scene.migrate();

    assertThat(migrated.exit()).as(migrated.err()).isZero();
    assertThat(
            scene
                .store()
                .texts("SELECT memory_key FROM whimbrel_failures WHERE reason = 'unwritable'"))
        .containsExactly(key);
    assertThat(scene.store().texts("SELECT content_segment FROM memories WHERE id = " + key))
        .containsExactly("null");
    scene.assertTextsReadBack();
    scene.assertAllElseIsCarried();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void theSwap_isNotTried_whileARowCannotBeWrittenAtAll(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    new KilledCommands(scene).migrate("in-planning:halt:1");
    String key = scene.anyKey(DemoForm.ZLIB);
    refuse(scene, backend, "NEW.id = " + key);

    Cli.Result stopped = scene.migrate();

    assertThat(stopped.exit()).as(stopped.out()).isEqualTo(4);
    assertThat(stopped.out() + stopped.err())
        .as("the database's message, without the values of the row")
        .contains("poison")
        .doesNotContain("Failing row");
    assertThat(scene.store().state()).isEqualTo("COPYING");
    scene.assertTextsReadBack();
    takeAgain(scene, backend);
    assertThat(scene.migrate().exit()).as("the range is tried again").isZero();
    scene.assertMigrated();
  }
}
