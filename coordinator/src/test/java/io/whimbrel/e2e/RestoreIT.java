// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoForm;
import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreUrl.PostgresUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The second line of defence: what a run backed up can take the store's place. */
class RestoreIT {

  private final Path folder;

  RestoreIT(@TempDir Path folder) {
    this.folder = folder;
  }

  // The oldest server only: a machine's pg_dump is rarely as new as the newest one.
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_NEWEST")
  void restore_bringsBackTheOriginal_whenThePlaceIsEmpty(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, 1_200);
    skipWithoutBackups(scene.store());

    Cli.Result migrated = scene.migrate("--backup", "auto");

    assertThat(migrated.exit()).as(migrated.err()).isZero();
    ReportFiles report = ReportFiles.newestIn(scene.reports());
    Path backup = Path.of(report.text("/backup/location"));
    assertThat(report.json().at("/backup/verified").asBoolean()).isTrue();
    assertThat(backup).exists().startsWith(scene.backups());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
        .as("others cannot read it")
        .endsWith("------");
    Cli.Result listed = Cli.run("backups", "--backup-dir", scene.backups().toString(), "list");
    assertThat(listed.out()).contains(backup.getFileName().toString());
    TestStore empty = scene.store().empty();

    Cli.Result restored =
        Cli.run("restore", "--backup", backup.toString(), "--db-url", empty.url());

    assertThat(restored.exit()).as(restored.err()).isZero();
    scene.assertIsOriginal(empty);
    assertThat(empty.leftovers()).isEmpty();
    scene.assertTextsReadBack();
  }

  private static void skipWithoutBackups(TestStore store) throws Exception {
    if (store.storeUrl() instanceof PostgresUrl url) {
      try (PostgresStore opened = PostgresStore.open(url, System.getenv())) {
        opened.backup().checkPossible();
      } catch (StoreRefusedException | UnsupportedOperationException e) {
        Assumptions.abort("no backup of PostgreSQL can be taken here: " + e.getMessage());
      }
    }
  }

  // A single letter of a single text: nothing but a checksum sees it.
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_NEWEST")
  void restore_refusesAndChangesNothing_whenALetterOfTheBackupChanged(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, 600);
    skipWithoutBackups(scene.store());
    assertThat(scene.migrate("--backup", "auto").exit()).isZero();
    Path backup = Path.of(ReportFiles.newestIn(scene.reports()).text("/backup/location"));
    Path file = backup;
    if (backend == Backend.SQLITE) {
      String text = String.valueOf(scene.expectedTexts().get(scene.anyKey(DemoForm.PLAIN)));
      changeByte(file, new String(Files.readAllBytes(file), ISO_8859_1).indexOf(text) + 1);
    } else {
      file = largestIn(backup);
      changeByte(file, (int) Files.size(file) / 2);
    }
    TestStore empty = scene.store().empty();

    Cli.Result refused = Cli.run("restore", "--backup", backup.toString(), "--db-url", empty.url());

    assertThat(refused.exit()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err()).contains("damaged");
    if (empty instanceof SqliteTestStore sqlite) {
      assertThat(sqlite.files()).isEmpty();
    } else {
      assertThat(empty.tables()).isEmpty();
    }
    assertThat(Cli.run("backups", "--backup-dir", scene.backups().toString(), "verify").exit())
        .isEqualTo(4);
    assertThat(Cli.run("backups", "--backup-dir", scene.backups().toString(), "list").out().lines())
        .as("a checksum is no backup")
        .hasSize(1);
  }

  private static void changeByte(Path file, int at) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    assertThat(at).isPositive();
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }

  private static Path largestIn(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.max(Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
    }
  }

  @ParameterizedTest
  @EnumSource(names = "SQLITE")
  void restore_refusesAndChangesNothing_whenTheBackupIsDamaged(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, 1_200);
    assertThat(scene.migrate("--backup", "auto").exit()).isZero();
    Path backup = Path.of(ReportFiles.newestIn(scene.reports()).text("/backup/location"));
    byte[] bytes = Files.readAllBytes(backup);
    Files.write(backup, Arrays.copyOf(bytes, bytes.length / 2));
    Map<String, String> files = ((SqliteTestStore) scene.store()).files();

    Cli.Result refused =
        Cli.run("restore", "--backup", backup.toString(), "--db-url", scene.store().url());

    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.errorLines()).hasSize(1);
    TestStore empty = scene.store().empty();
    assertThat(Cli.run("restore", "--backup", backup.toString(), "--db-url", empty.url()).exit())
        .isEqualTo(2);
    assertThat(((SqliteTestStore) empty).files()).as("not even an empty store").isEmpty();
    assertThat(((SqliteTestStore) scene.store()).files()).isEqualTo(files);
    assertThat(Cli.run("backups", "--backup-dir", scene.backups().toString(), "verify").exit())
        .isEqualTo(4);
  }
}
