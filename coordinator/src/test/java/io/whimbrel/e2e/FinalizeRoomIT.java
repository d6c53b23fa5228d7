// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoOptions;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VACUUM writes a SQLite file anew beside the old one. Needs the right to mount a volume. */
class FinalizeRoomIT {

  private static final int LEFT_BYTES = 1 << 20;

  private final Path folder;
  private final SmallVolume volume;

  FinalizeRoomIT(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.volume = SmallVolume.in(folder, "size=160m");
  }

  @AfterEach
  void unmount() throws Exception {
    volume.unmount();
  }

  @Test
  void finalize_dropsNothing_untilThereIsRoomToMakeTheFileSmaller() throws Exception {
    DemoScene scene =
        DemoScene.make(SqliteTestStore.in(volume.path()), folder, DemoOptions.of(1_500));
    Cli.Result migrated = scene.migrate();
    assertThat(migrated.exit()).as(migrated.err()).isZero();
    long bytes = fileBytes(scene);
    Path ballast = volume.path().resolve("ballast");
    long free = Files.getFileStore(volume.path()).getUsableSpace();
    try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
      for (long left = free - LEFT_BYTES; left > 0; left -= LEFT_BYTES) {
        file.write(new byte[LEFT_BYTES]);
      }
    }

    Cli.Result refused = scene.run("finalize");

    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("not enough free disk").contains("nothing was dropped");
    assertThat(scene.store().leftovers()).anyMatch(name -> name.contains("legacy"));
    scene.assertTextsReadBack();

    Files.delete(ballast);
    assertThat(scene.run("finalize").exit()).isZero();

    assertThat(scene.store().leftovers()).noneMatch(name -> name.contains("legacy"));
    assertThat(fileBytes(scene)).isLessThan(bytes);
    scene.assertTextsReadBack();
  }

  private static long fileBytes(DemoScene scene) throws SQLException {
    return scene
        .store()
        .number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  }
}
