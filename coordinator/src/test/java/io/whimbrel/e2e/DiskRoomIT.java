// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Room on the volumes of the store and of its backup. Needs the right to mount a volume. */
class DiskRoomIT {

  private final Path folder;
  private final SmallVolume volume;

  DiskRoomIT(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.volume = SmallVolume.in(folder, "size=4m");
  }

  @AfterEach
  void unmount() throws Exception {
    volume.unmount();
  }

  private Cli.Result migrate(SqliteTestStore store, Path backups, String backup) {
    return Cli.run(
        "migrate",
        "--db-url",
        store.url(),
        "--report-dir",
        folder.resolve("reports").toString(),
        "--backup-dir",
        backups.toString(),
        "--backup",
        backup);
  }

  private static void assertRefused(Cli.Result refused, String words) {
    assertThat(refused.exit()).as(refused.err()).isEqualTo(2);
    assertThat(refused.errorLines()).as(refused.err()).hasSize(1);
    assertThat(refused.err()).contains("not enough free disk", words);
  }

  @Test
  void store_isRefusedAndUntouched_whenItsDiskIsTooFull() throws Exception {
    SqliteTestStore store = SqliteTestStore.in(volume.path());
    DemoScene.make(store, folder, DemoOptions.of(100));
    Map<String, String> before = store.files();

    assertRefused(migrate(store, folder, "none"), "beside the store");

    assertThat(store.files()).isEqualTo(before);
  }

  @Test
  void backup_countsWhereItGoes_andOnlyWhenItIsTaken() throws Exception {
    SqliteTestStore store = SqliteTestStore.in(Files.createDirectory(folder.resolve("store")));
    DemoScene.make(store, folder, DemoOptions.of(3_000));
    assertThat(Files.size(store.file())).isGreaterThan(4 << 20);
    Map<String, String> before = store.files();

    assertRefused(
        migrate(store, volume.path().resolve("new"), "auto"), "for the backup in " + volume.path());

    assertThat(store.files()).isEqualTo(before);
    Cli.Result withoutBackup = migrate(store, volume.path().resolve("new"), "none");
    assertThat(withoutBackup.exit()).as(withoutBackup.err()).isLessThan(2);
  }
}
