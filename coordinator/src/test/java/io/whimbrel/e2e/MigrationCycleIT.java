// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.whimbrel.demo.DemoForm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store's whole life with the commands, on every database. */
class MigrationCycleIT {

  private static final int ALL = 3_000;
  private static final int FEW = 1_200;

  private final Path folder;

  MigrationCycleIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @EnumSource
  void migrate_keepsEveryTextAndCarriesAllElse_whenStoreHasEveryForm(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, ALL);

    Cli.Result migrated = scene.migrate();

    assertThat(migrated.exit()).as(migrated.err()).isZero();
    assertThat(migrated.err()).isEmpty();
    assertThat(scene.store().state()).isEqualTo("COMPLETED");
    scene.assertTextsReadBack();
    scene.assertAllElseIsCarried();
    assertDefinitionsAreCarried(scene);
    assertFailuresAreListed(scene);
    assertReportAgreesWithLedger(scene);
    assertIsSound(scene);
  }

  // Only the memories' own definition may change, and nothing may be lost or added beside it.
  private static void assertDefinitionsAreCarried(DemoScene scene) throws SQLException {
    List<String> now = scene.store().definitions();
    List<String> lost = new ArrayList<>(scene.originalDefinitions());
    now.forEach(lost::remove);
    // The table's text, or its column `content` and from PostgreSQL 18 on the NOT NULL of that.
    assertThat(lost)
        .allMatch(text -> text.contains("memories") && text.contains("content"))
        .hasSizeLessThanOrEqualTo(2);
  }

  private static void assertFailuresAreListed(DemoScene scene) throws SQLException {
    assertThat(
            scene
                .store()
                .texts(
                    "SELECT memory_key || ' ' || severity || ' ' || reason FROM whimbrel_failures"))
        .hasSize(ALL / 200)
        .containsExactlyInAnyOrderElementsOf(scene.expectedFailures());
  }

  private static void assertReportAgreesWithLedger(DemoScene scene) throws Exception {
    ReportFiles report = ReportFiles.newestIn(scene.reports());
    TestStore store = scene.store();
    String copies = " FROM whimbrel_ranges WHERE kind = 'COPY' AND state = 'DONE'";
    long quarantined = scene.expectedQuarantined();

    assertThat(report.text("/outcome")).isEqualTo("COMPLETED");
    assertThat(report.number("/memories/total")).isEqualTo(ALL);
    assertThat(report.number("/memories/migrated")).isEqualTo(ALL - quarantined);
    assertThat(report.number("/memories/quarantined")).isEqualTo(quarantined);
    assertThat(report.number("/memories/warned"))
        .isEqualTo(scene.expectedFailures().size() - quarantined);
    assertThat(report.number("/memories/packed"))
        .isEqualTo(store.number("SELECT sum(packed)" + copies))
        .isEqualTo(store.number("SELECT count(*) FROM memories WHERE content_segment IS NOT NULL"));
    assertThat(report.number("/ranges/committed"))
        .isEqualTo(store.number("SELECT count(*)" + copies));
    assertThat(report.number("/bytes/contentRaw"))
        .isEqualTo(store.number("SELECT sum(raw_bytes)" + copies));
    assertThat(report.number("/bytes/contentCompressedAfter"))
        .isEqualTo(store.number("SELECT sum(compressed_bytes)" + copies))
        .isEqualTo(store.number("SELECT sum(length(body)) FROM memory_segments"));
    assertThat(countsByReason(report)).isEqualTo(expectedCounts(scene));
    assertThat(report.number("/workers/0/memories")).isEqualTo(ALL);
    assertThat(report.html()).contains("cut-stream").contains("</html>");
  }

  private static Map<String, Long> countsByReason(ReportFiles report) {
    Map<String, Long> counts = new TreeMap<>();
    for (JsonNode count : report.json().at("/failures/counts")) {
      counts.put(count.get("reason").asText(), count.get("count").longValue());
    }
    return counts;
  }

  private static Map<String, Long> expectedCounts(DemoScene scene) {
    Map<String, Long> counts = new TreeMap<>();
    scene
        .expectedFailures()
        .forEach(failure -> counts.merge(failure.split(" ", -1)[2], 1L, Long::sum));
    return counts;
  }

  private static String digest(DemoScene scene) {
    String verified = scene.run("verify").out();
    Matcher digest = Pattern.compile("(?m)^digest +([0-9a-f]{16})\\b").matcher(verified);
    assertThat(digest.find()).as(verified).isTrue();
    return digest.group(1);
  }

  private static void assertIsSound(DemoScene scene) {
    Cli.Result verified = scene.run("verify");
    assertThat(verified.exit()).as(verified.out()).isZero();
    assertThat(verified.out()).contains("The store is sound.");
  }

  @ParameterizedTest
  @EnumSource
  void getAndExport_printTheTexts_whenStoreIsMigrated(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, FEW);
    assertThat(scene.migrate().exit()).isZero();

    for (DemoForm form : List.of(DemoForm.CHUNKED, DemoForm.CUT_BASE64)) {
      String key = scene.anyKey(form);
      try (CliProcess get =
          CliProcess.run(folder, List.of("get", "--db-url", scene.store().url(), key))) {
        assertThat(get.exitWithin(Duration.ZERO)).as(get.err()).isZero();
        assertThat(get.out()).isEqualTo(scene.expectedTexts().get(key));
      }
    }
    try (CliProcess export =
        CliProcess.run(folder, List.of("export", "--db-url", scene.store().url()))) {
      assertThat(export.exitWithin(Duration.ZERO)).as(export.err()).isZero();
      Same.assertSameTexts(exported(export.out()), scene.expectedTexts());
    }
  }

  private static Map<String, String> exported(String lines) throws Exception {
    Map<String, String> texts = new TreeMap<>();
    ObjectMapper json = new ObjectMapper();
    long last = Long.MIN_VALUE;
    for (String line : lines.split("\n", -1)) {
      if (!line.isEmpty()) {
        JsonNode memory = json.readTree(line);
        assertThat(memory.get("id").longValue()).as("in key order").isGreaterThan(last);
        last = memory.get("id").longValue();
        texts.put(Long.toString(last), memory.get("content").asText());
      }
    }
    return texts;
  }

  @ParameterizedTest
  @EnumSource
  void migrate_changesNothing_whenAllIsMigrated(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, FEW);
    assertThat(scene.migrate().exit()).isZero();
    Map<String, List<String>> tables = scene.store().tables();
    List<String> definitions = scene.store().definitions();

    Cli.Result again = scene.migrate();

    assertThat(again.exit()).isZero();
    assertThat(again.out()).contains("nothing to do");
    assertThat(scene.store().number("SELECT count(*) FROM whimbrel_migrations")).isEqualTo(1);
    Same.assertSameTables(scene.store().tables(), tables);
    Same.assertSameLines("definitions", scene.store().definitions(), definitions);
  }

  @ParameterizedTest
  @EnumSource
  void migrate_packsInPlace_whenPlainRowsWereWrittenSince(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, FEW);
    assertThat(scene.migrate().exit()).isZero();
    String changed = scene.anyKey(DemoForm.ZLIB);
    for (int i = 0; i < 9; i++) {
      write(scene, Integer.toString(100_000 + i), "Written after the swap, number " + i + ". ");
    }
    scene
        .store()
        .execute(
            "UPDATE memories SET content = 'A new text for a memory that was packed',"
                + " content_compressed = "
                + (backend == Backend.SQLITE ? "0" : "false")
                + " WHERE id = "
                + changed);
    scene.wrote(changed, "A new text for a memory that was packed");
    scene.assertTextsReadBack();
    List<String> carried =
        scene.store().memoriesColumns().stream().filter(c -> !c.startsWith("content")).toList();
    Map<String, List<String>> before = scene.store().tables(carried);

    Cli.Result packed = scene.migrate();

    assertThat(packed.exit()).as(packed.err()).isZero();
    scene.assertTextsReadBack();
    Same.assertSameTables(scene.store().tables(carried), before);
    assertThat(
            scene
                .store()
                .number(
                    "SELECT count(*) FROM memories WHERE content_segment IS NOT NULL AND content IS"
                        + " NULL AND (id >= 100000 OR id = "
                        + changed
                        + ")"))
        .isEqualTo(10);
    assertThat(scene.store().texts("SELECT kind FROM whimbrel_migrations ORDER BY migration_id"))
        .containsExactly("SHADOW_COPY", "IN_PLACE");
    assertIsSound(scene);
    assertThat(scene.migrate().out()).contains("nothing to do");
  }

  private static void write(DemoScene scene, String key, String text) throws SQLException {
    scene
        .store()
        .execute(
            "INSERT INTO memories (id, title, content, owner_id, content_size) VALUES ("
                + key
                + ", 'new', '"
                + text.repeat(3)
                + "', 1, "
                + text.length() * 3
                + ")");
    scene.wrote(key, text.repeat(3));
  }

  @ParameterizedTest
  @EnumSource
  void rollback_bringsBackEveryTableAndDefinition_whenCutOver(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, FEW);
    String digest = digest(scene);
    assertThat(scene.migrate().exit()).isZero();
    assertThat(digest(scene)).as("in the new format").isEqualTo(digest);

    Cli.Result undone = scene.run("rollback");

    assertThat(undone.exit()).as(undone.err()).isZero();
    assertThat(scene.store().state()).isEqualTo("ROLLED_BACK");
    scene.assertStoreIsOriginal();
    assertThat(digest(scene)).as("of the legacy table").isEqualTo(digest);
    assertThat(scene.store().texts("SELECT facts FROM whimbrel_migrations").get(0))
        .contains("0 differ; the content digest of the others is " + digest);
    // And it was a way back, not a dead end.
    assertThat(scene.migrate().exit()).isZero();
    scene.assertTextsReadBack();
    scene.assertAllElseIsCarried();
  }

  @ParameterizedTest
  @EnumSource
  void rollback_keepsWhatWasWritten_whenItWasWrittenAfterTheCutOver(Backend backend)
      throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, FEW);
    assertThat(scene.migrate().exit()).isZero();
    String changed = scene.anyKey(DemoForm.PLAIN);
    String deleted = scene.anyKey(DemoForm.WRONG_FLAG);
    write(scene, "100000", "Written after the swap. ");
    scene
        .store()
        .execute(
            "UPDATE memories SET content = 'changed after it' WHERE id = " + changed,
            "DELETE FROM relations WHERE source_memory_id = "
                + deleted
                + " OR target_memory_id = "
                + deleted,
            "DELETE FROM memory_versions WHERE memory_id = " + deleted,
            "DELETE FROM memories WHERE id = " + deleted);
    scene.wrote(changed, "changed after it");
    scene.deleted(deleted);
    scene.assertTextsReadBack();

    Cli.Result undone = scene.run("rollback");

    scene.assertTextsReadBack();
    assertThat(undone.exit()).as(undone.err()).isZero();
    scene.assertDefinitionsAreOriginal();
    assertThat(scene.store().memoriesColumns()).doesNotContain("content_segment");
  }

  @ParameterizedTest
  @EnumSource
  void finalize_dropsTheLegacyTableAndGivesSpaceBack_whenCutOver(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, FEW);
    assertThat(scene.migrate().exit()).isZero();
    long sizeAfterSwap = size(scene.store());
    assertThat(scene.store().leftovers()).anyMatch(name -> name.contains("legacy"));

    Cli.Result finished = scene.run("finalize");

    assertThat(finished.exit()).as(finished.err()).isZero();
    assertThat(scene.store().state()).isEqualTo("FINALIZED");
    assertThat(scene.store().leftovers()).noneMatch(name -> name.contains("legacy"));
    assertThat(size(scene.store())).isLessThan(sizeAfterSwap);
    scene.assertTextsReadBack();
    scene.assertAllElseIsCarried();
    assertIsSound(scene);
    assertThat(scene.run("rollback").exit()).as("there is no way back any more").isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void finalize_endsPackingsToo_whenSomeWereDoneSince(Backend backend) throws Exception {
    DemoScene scene = DemoScene.make(backend, folder, FEW);
    assertThat(scene.migrate().exit()).isZero();
    write(scene, "100000", "Written after the swap. ");
    assertThat(scene.migrate().exit()).isZero();
    assertThat(scene.store().number("SELECT count(*) FROM whimbrel_undo")).isPositive();

    Cli.Result finished = scene.run("finalize");

    assertThat(finished.exit()).as(finished.err()).isZero();
    assertThat(
            scene.store().texts("SELECT kind || ' ' || state FROM whimbrel_migrations ORDER BY 1"))
        .containsExactly("IN_PLACE FINALIZED", "SHADOW_COPY FINALIZED");
    assertThat(scene.store().number("SELECT count(*) FROM whimbrel_undo")).isZero();
    assertThat(scene.run("rollback", "--migration", "2").exit()).isEqualTo(2);
    scene.assertTextsReadBack();
    assertIsSound(scene);
  }

  private static long size(TestStore store) throws Exception {
    return store instanceof SqliteTestStore sqlite
        ? Files.size(sqlite.file())
        : store.number("SELECT pg_database_size(current_database())");
  }
}
