// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.whimbrel.demo.DemoOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VACUUM writes a SQLite file anew beside the old one. Needs the right to mount a volume. */
class FinalizeRoomIT {

  private static final int LEFT_BYTES = 1 << 20;

  private final Path folder;
  private final Path volume;

  FinalizeRoomIT(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.volume = Files.createDirectory(folder.resolve("volume"));
  }

  @BeforeEach
  void mount() throws Exception {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", volume.toString()),
        "needs the right to mount a small volume");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", "-l", volume.toString());
  }

  @Test
  void finalize_dropsNothing_untilThereIsRoomToMakeTheFileSmaller() throws Exception {
    DemoScene scene = DemoScene.make(SqliteTestStore.in(volume), folder, DemoOptions.of(1_500));
    Cli.Result migrated = scene.migrate();
    assertThat(migrated.exit()).as(migrated.err()).isZero();
    long bytes = fileBytes(scene);
    Path ballast = volume.resolve("ballast");
    long free = Files.getFileStore(volume).getUsableSpace();
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

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }
}
