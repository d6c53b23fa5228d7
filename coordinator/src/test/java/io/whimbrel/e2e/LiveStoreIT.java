// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoForm;
import io.whimbrel.ledger.LedgerSchema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stores that an application writes to while they are migrated, held back, killed and undone. */
class LiveStoreIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int MEMORIES = 2_500;

  private final Path folder;

  LiveStoreIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @EnumSource
  void migrate_carriesEveryChange_whenStoreIsWrittenAllTheWhile(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    try (CliProcess run = heldBack(scene, "--batch-size", "50")) {
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isGreaterThan(5));
      insert(scene, "100000", "Written while the copy ran. ");
      update(scene, scene.anyKey(DemoForm.ZLIB), "Changed while the copy ran");
      delete(scene, scene.anyKey(DemoForm.CUT_TEXT));
      awaitHeld(scene);
      // More than a swap carries by itself: these go in rounds.
      scene.store().execute("UPDATE memories SET title = 'all new'");
      rename(scene, "100000", "100001");
      delete(scene, scene.anyKey(DemoForm.WRONG_FLAG));
      insert(scene, "100002", "Written while the cut-over was held back. ");
      Map<String, List<String>> then = carried(scene);

      assertThat(scene.run("cut-over").exit()).isZero();

      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
      Same.assertSameTables(carried(scene), then);
    }
    scene.assertTextsReadBack();
    assertIsSound(scene);
    assertThat(scene.store().deltaRanges()).isPositive();
    assertThat(scene.store().number("SELECT count(*) FROM whimbrel_range_keys")).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void migrate_goesOn_whenItIsKilledWhileChangesAreDrained(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    try (CliProcess run = heldBack(scene)) {
      awaitHeld(scene);
      scene.store().execute("UPDATE memories SET title = 'first'");
      eventually(LIMIT, () -> assertThat(scene.store().deltaRanges()).isPositive());
      run.kill();
      assertThat(run.endsWithin(LIMIT)).isTrue();
    }
    update(scene, scene.anyKey(DemoForm.PLAIN), "Changed while nobody led");
    assertThat(scene.run("cut-over").exit()).isZero();
    Map<String, List<String>> then = carried(scene);

    Cli.Result resumed = scene.migrate();

    assertThat(resumed.exit()).as(resumed.err()).isZero();
    Same.assertSameTables(carried(scene), then);
    scene.assertTextsReadBack();
    assertIsSound(scene);
  }

  @ParameterizedTest
  @EnumSource
  void pause_holdsAcrossARestart_andResumeLetsItGoOn(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    try (CliProcess run = heldBack(scene, "--batch-size", "10")) {
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isPositive());
      assertThat(scene.run("pause").exit()).isZero();
      run.kill();
      assertThat(run.endsWithin(LIMIT)).isTrue();
    }
    assertThat(scene.run("cut-over").exit()).isZero();
    try (CliProcess again = CliProcess.start(scene.folder(), scene.migrateArguments())) {
      eventually(LIMIT, () -> assertThat(again.err()).contains("going on with migration"));
      long done = scene.store().rangesDone();
      assertThat(again.endsWithin(Duration.ofSeconds(2))).isFalse();
      assertThat(scene.store().rangesDone()).as("nothing is claimed").isEqualTo(done);

      assertThat(scene.run("resume").exit()).isZero();

      assertThat(again.exitWithin(LIMIT)).as(again.err()).isZero();
    }
    scene.assertTextsReadBack();
    scene.assertAllElseIsCarried();
  }

  @ParameterizedTest
  @EnumSource
  void rollbackAndMigrate_keepWhatWasWritten_howeverOftenTheyFollow(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, 1_200);
    long highestSegment = 0;
    for (int turn = 0; turn < 3; turn++) {
      assertThat(scene.migrate().exit()).isZero();
      assertThat(scene.store().number("SELECT min(segment_id) FROM memory_segments"))
          .as("readers may have kept segments of the migration before")
          .isGreaterThan(highestSegment);
      highestSegment = scene.store().number("SELECT max(segment_id) FROM memory_segments");
      insert(scene, Integer.toString(200_000 + turn), "Written after swap " + turn + ". ");
      update(scene, scene.anyKey(DemoForm.GZIP), "Changed after swap " + turn);
      delete(scene, scene.anyKey(DemoForm.PLAIN));
      Map<String, List<String>> then = carried(scene);

      Cli.Result undone = scene.run("rollback");

      assertThat(undone.exit()).as(undone.err()).isZero();
      scene.assertTextsReadBack();
      scene.assertDefinitionsAreOriginal();
      Same.assertSameTables(carried(scene), then);
      assertThat(scene.store().leftovers()).isSubsetOf(LedgerSchema.TABLES);
    }
  }

  @ParameterizedTest
  @EnumSource(names = "SQLITE", mode = EnumSource.Mode.EXCLUDE)
  void migrate_carriesOnlyWhatIsThere_whenTheTableIsEmptiedMeanwhile(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    try (CliProcess run = heldBack(scene)) {
      awaitHeld(scene);
      scene.store().execute("TRUNCATE memories CASCADE");
      List.copyOf(scene.made().keySet()).forEach(scene::deleted);
      insert(scene, "300000", "The first after all was emptied. ");

      assertThat(scene.run("cut-over").exit()).isZero();

      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
    }
    scene.assertTextsReadBack();
    assertIsSound(scene);
  }

  @ParameterizedTest
  @EnumSource(names = "SQLITE", mode = EnumSource.Mode.EXCLUDE)
  void swap_waitsForTransactionsOlderThanTheCopy_andTheySeeEveryMemory(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    try (CliProcess run =
            CliProcess.start(scene.folder(), scene.migrateArguments("--batch-size", "50"));
        Connection report = scene.store().connect();
        Statement statement = report.createStatement()) {
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isPositive());
      report.setAutoCommit(false);
      report.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      // It has looked, but not at the memories: no lock of its own keeps the swap away.
      statement.execute("SELECT count(*) FROM users");
      eventually(
          LIMIT,
          () ->
              assertThat(run.err())
                  .contains("waiting up to 30 s for 1 transactions that are older than the copy"));
      assertThat(run.endsWithin(Duration.ofSeconds(2))).isFalse();
      assertThat(scene.store().state()).isEqualTo("CUTTING_OVER");
      try (ResultSet row = statement.executeQuery("SELECT count(*) FROM memories")) {
        row.next();
        assertThat(row.getLong(1)).isEqualTo(MEMORIES);
      }
      report.commit();

      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
    }
    scene.assertTextsReadBack();
  }

  @ParameterizedTest
  @EnumSource(names = "SQLITE", mode = EnumSource.Mode.EXCLUDE)
  void swap_letsWritersPass_andTellsOfEachAttempt_whileAReaderStays(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    try (CliProcess run = heldBack(scene);
        Connection reader = scene.store().connect();
        Statement statement = reader.createStatement()) {
      awaitHeld(scene);
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM memories");
      assertThat(scene.run("cut-over").exit()).isZero();
      long longestNanos = 0;
      for (int attempt = 1; attempt <= 3; attempt++) {
        String told = "cut-over attempt " + attempt + ": other transactions held the tables";
        eventually(LIMIT, () -> assertThat(run.err()).contains(told));
        long start = System.nanoTime();
        scene.store().execute("UPDATE memories SET title = 'between " + attempt + "' WHERE id = 1");
        longestNanos = Math.max(longestNanos, System.nanoTime() - start);
      }
      assertThat(Duration.ofNanos(longestNanos)).isLessThan(Duration.ofSeconds(3));
      reader.rollback();

      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
      assertThat(run.err()).containsPattern("cut over in [0-9]+ ms, at attempt [4-9]");
    }
    assertThat(scene.store().texts("SELECT title FROM memories WHERE id = 1"))
        .containsExactly("between 3");
    scene.assertTextsReadBack();
  }

  @ParameterizedTest
  @EnumSource
  void migrate_stopsBeforeTheSwap_whenTheApplicationAltersItsTable(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, 1_200);
    try (CliProcess run = heldBack(scene)) {
      awaitHeld(scene);
      alter(scene);
      assertThat(scene.run("cut-over").exit()).isZero();

      assertThat(run.exitWithin(LIMIT)).as(run.err()).isEqualTo(4);
      assertThat(run.err()).contains("definition");
    }
    assertThat(scene.store().state()).isEqualTo("FAILED");
    assertCanStartOver(scene);
  }

  @ParameterizedTest
  @EnumSource
  void migrate_stopsBeforeTheSwap_whenItsTableIsAlteredWhileItIsCopied(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    try (CliProcess run =
        CliProcess.start(scene.folder(), scene.migrateArguments("--batch-size", "10"))) {
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isPositive());
      alter(scene);

      assertThat(run.exitWithin(LIMIT)).as(run.err()).isEqualTo(4);
    }
    assertCanStartOver(scene);
  }

  private static void alter(DemoScene scene) throws SQLException {
    scene.store().execute("ALTER TABLE memories ADD COLUMN mood text");
    scene.store().execute("UPDATE memories SET mood = 'calm' WHERE id = 1");
  }

  private static void assertCanStartOver(DemoScene scene) throws Exception {
    scene.assertTextsReadBack();
    assertThat(scene.run("rollback").exit()).isZero();
    assertThat(scene.migrate().exit()).isZero();
    assertThat(scene.store().texts("SELECT mood FROM memories WHERE id = 1"))
        .containsExactly("calm");
    scene.assertTextsReadBack();
  }

  @ParameterizedTest
  @EnumSource
  void run_tellsBothRates_whenEachRoundFindsMoreThanTheOneBefore(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, MEMORIES);
    try (CliProcess run = heldBack(scene)) {
      awaitHeld(scene);
      for (int rows = 1_200; !run.err().contains("written faster"); rows += 100) {
        assertThat(rows).as(run.err()).isLessThan(MEMORIES);
        eventually(LIMIT, () -> assertThat(scene.store().loggedChanges()).isZero());
        scene
            .store()
            .execute(
                "UPDATE memories SET title = 'anew' WHERE id IN (SELECT id FROM memories ORDER BY"
                    + " id LIMIT "
                    + rows
                    + ")");
      }
      assertThat(run.err())
          .containsPattern(
              "written faster than it can be drained: [0-9,]+ changes/s come, [0-9,]+/s go,");
      assertThat(scene.run("cut-over").exit()).isZero();
      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
    }
    scene.assertTextsReadBack();
  }

  private static CliProcess heldBack(DemoScene scene, String... more) throws Exception {
    List<String> arguments = new java.util.ArrayList<>(List.of("--postpone-cut-over"));
    arguments.addAll(List.of(more));
    return CliProcess.start(
        scene.folder(), scene.migrateArguments(arguments.toArray(String[]::new)));
  }

  private static void awaitHeld(DemoScene scene) {
    eventually(LIMIT, () -> assertThat(scene.store().state()).isEqualTo("CUTTING_OVER"));
  }

  private static Map<String, List<String>> carried(DemoScene scene) throws SQLException {
    return scene.store().tables(scene.carriedColumns());
  }

  private static void assertIsSound(DemoScene scene) {
    Cli.Result verified = scene.run("verify");
    assertThat(verified.exit()).as(verified.out()).isZero();
  }

  private static void insert(DemoScene scene, String key, String text) throws SQLException {
    String content = text.repeat(3);
    scene
        .store()
        .execute(
            "INSERT INTO memories (id, title, content, owner_id, content_size) VALUES ("
                + key
                + ", 'new', '"
                + content
                + "', 1, "
                + content.length()
                + ")");
    scene.wrote(key, content);
  }

  private static void update(DemoScene scene, String key, String text) throws SQLException {
    scene
        .store()
        .execute(
            "UPDATE memories SET content = '"
                + text
                + "', content_compressed = "
                + (scene.store() instanceof SqliteTestStore ? "0" : "false")
                + " WHERE id = "
                + key);
    scene.wrote(key, text);
  }

  private static void rename(DemoScene scene, String from, String to) throws SQLException {
    scene.store().execute("UPDATE memories SET id = " + to + " WHERE id = " + from);
    scene.wrote(to, scene.expectedTexts().getOrDefault(from, ""));
    scene.deleted(from);
  }

  private static void delete(DemoScene scene, String key) throws SQLException {
    scene
        .store()
        .execute(
            "DELETE FROM relations WHERE source_memory_id = "
                + key
                + " OR target_memory_id = "
                + key,
            "DELETE FROM memory_versions WHERE memory_id = " + key,
            "DELETE FROM memories WHERE id = " + key);
    scene.deleted(key);
  }
}
