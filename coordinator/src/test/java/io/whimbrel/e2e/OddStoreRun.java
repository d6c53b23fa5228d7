// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.whimbrel.e2e.OddStore.Insert;
import io.whimbrel.e2e.OddStore.Probe;
import io.whimbrel.legacy.StorageClass;
import io.whimbrel.reader.ContentForm;
import io.whimbrel.reader.JsonLinesExporter;
import io.whimbrel.reader.MemoryContent;
import io.whimbrel.reader.MemoryReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Takes one odd store through its life, and looks at all of it at each step. */
final class OddStoreRun {

  private static final List<String> CHANGED = List.of("content", "content_compressed");
  private static final int INLINE_BYTES_MAX = 24;

  // Numbers may have as many digits as the database allows.
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNumberLength(Integer.MAX_VALUE).build())
          .build();

  private final Path folder;
  private final OddStore odd;
  private final TestStore store;

  OddStoreRun(Path folder, OddStore odd, TestStore store) {
    this.folder = folder;
    this.odd = odd;
    this.store = store;
  }

  void run() throws Exception {
    odd.make(store);
    if (odd.isRefused()) {
      runRefused();
    } else {
      runMigrated();
    }
  }

  private void runRefused() throws Exception {
    Map<String, List<String>> tables = store.tables();
    List<String> definitions = store.definitions();
    List<String> leftovers = store.leftovers();
    Map<String, String> files = files();

    Cli.Result refused = migrate(store);

    assertThat(refused.exit()).as(refused.err() + refused.out()).isEqualTo(2);
    assertThat(refused.errorLines()).as(refused.err()).hasSize(1);
    assertThat(refused.err()).contains(odd.mustSay());
    assertThat(files()).isEqualTo(files);
    Same.assertSameTables(store.tables(), tables);
    Same.assertSameLines("definitions", store.definitions(), definitions);
    assertThat(store.leftovers()).isEqualTo(leftovers);
    assertProbes(store);
  }

  private Map<String, String> files() throws Exception {
    return store instanceof SqliteTestStore sqlite ? sqlite.files() : Map.of();
  }

  private void runMigrated() throws Exception {
    List<String> carried = carriedColumns();
    Map<String, List<String>> tables = store.tables();
    Map<String, List<String>> carriedTables = store.tables(carried);
    List<String> definitions = store.definitions();
    assertTexts(store, odd.reads());

    Cli.Result migrated = migrate(store);

    assertThat(migrated.exit()).as(migrated.err() + migrated.out()).isZero();
    assertThat(migrated.err()).isEmpty();
    assertTexts(store, odd.reads());
    Same.assertSameTables(store.tables(carried), carriedTables);
    assertDefinitionsAreCarried(definitions);
    assertProblemsAreListed();
    assertPacked();
    assertExportReadsBack();
    assertSound(store);
    assertServesTheApplication();

    Cli.Result undone = Cli.run("rollback", "--db-url", store.url());

    assertThat(undone.exit()).as(undone.err() + undone.out()).isZero();
    Same.assertSameTables(store.tables(), tables);
    Same.assertSameTables(store.tables(carried), carriedTables);
    Same.assertSameLines("definitions", store.definitions(), definitions);
    assertTexts(store, odd.reads());
    assertThat(store.leftovers())
        .as("only the ledger stays")
        .allMatch(name -> name.matches("(\\w+\\.)?whimbrel_(?!m[0-9]|copy|legacy|capture|swap).*"));
  }

  private Cli.Result migrate(TestStore on) {
    List<String> arguments = new ArrayList<>(List.of("migrate", "--db-url", on.url()));
    arguments.addAll(List.of("--report-dir", folder.resolve("reports").toString()));
    arguments.addAll(List.of("--backup-dir", folder.resolve("backups").toString()));
    arguments.addAll(List.of("--backup", "none"));
    arguments.addAll(odd.options());
    return Cli.run(arguments);
  }

  // With the hidden rowid, where the table has one: others may refer to it.
  private List<String> carriedColumns() throws SQLException {
    List<String> columns = new ArrayList<>(store.memoriesColumns());
    columns.removeAll(CHANGED);
    if (store instanceof SqliteTestStore && columns.stream().noneMatch("rowid"::equals)) {
      try {
        store.texts("SELECT rowid FROM memories LIMIT 1");
        columns.add("rowid");
      } catch (SQLException withoutRowid) {
        return columns;
      }
    }
    return columns;
  }

  // Only the memories' own definition may change, and only for the content.
  private void assertDefinitionsAreCarried(List<String> before) throws SQLException {
    List<String> lost = new ArrayList<>(before);
    List<String> now = store.definitions();
    now.forEach(lost::remove);
    List<String> added = new ArrayList<>(now);
    before.forEach(added::remove);
    assertThat(lost).allMatch(OddStoreRun::isOfContent).hasSizeLessThanOrEqualTo(2);
    assertThat(added).allMatch(definition -> isOfContent(definition) || isOfTheWayBack(definition));
  }

  private static boolean isOfContent(String definition) {
    return definition.startsWith("table memories on memories:")
        || definition.startsWith("schema whimbrel_m")
        || definition.matches("(?s)(column|constraint) (\\w+\\.)?memories \\S*content.*");
  }

  // What is written after the cut-over is noted down, for a rollback.
  private static boolean isOfTheWayBack(String definition) {
    return definition.startsWith("function public.whimbrel_capture_")
        || definition.startsWith("trigger CREATE TRIGGER whimbrel_capture_");
  }

  private void assertProblemsAreListed() throws SQLException {
    assertThat(
            store.texts(
                "SELECT memory_key || ' ' || severity || ' ' || reason FROM whimbrel_failures"))
        .containsExactlyInAnyOrderElementsOf(odd.problems());
  }

  // What is long enough is in a segment, unless it could not be decoded.
  private void assertPacked() throws SQLException {
    List<String> expected = new ArrayList<>();
    odd.reads()
        .forEach(
            (key, text) -> {
              boolean quarantined =
                  odd.problems().stream().anyMatch(p -> p.startsWith(key + " QUARANTINE"));
              if (!quarantined
                  && text.getBytes(StandardCharsets.UTF_8).length > INLINE_BYTES_MAX
                  && !text.startsWith("<")) {
                expected.add(key);
              }
            });
    List<String> packed = new ArrayList<>();
    try (MemoryReader reader = MemoryReader.open(store.storeUrl(), Map.of())) {
      reader.forEach(
          memory -> {
            if (memory.content().form() == ContentForm.PACKED) {
              packed.add(memory.key());
            }
          });
    }
    assertThat(packed).containsAll(expected);
  }

  private void assertExportReadsBack() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryReader reader = MemoryReader.open(store.storeUrl(), Map.of())) {
      new JsonLinesExporter().export(reader, out);
    }
    ObjectMapper json = new ObjectMapper(JSON);
    List<String> contents = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).split("\n", -1)) {
      if (!line.isEmpty()) {
        JsonNode content = json.readTree(line).get("content");
        contents.add(
            content.isNull()
                ? OddStore.ABSENT
                : content.isObject() ? exportedBytes(content) : content.textValue());
      }
    }
    Same.assertSameLines("export", contents, List.copyOf(odd.reads().values()));
  }

  private static String exportedBytes(JsonNode content) throws Exception {
    String kind = content.path("text").asBoolean(true) ? "blob" : "bytes";
    return OddStore.bytes(kind, HexFormat.of().formatHex(content.get("base64").binaryValue()));
  }

  private static void assertSound(TestStore on) {
    Cli.Result verified = Cli.run("verify", "--db-url", on.url());
    assertThat(verified.exit()).as(verified.out() + verified.err()).isZero();
    assertThat(verified.out()).contains("The store is sound.");
  }

  // On a copy, so that the way back begins where the migration ended. The rows that the application
  // wrote are packed where they are, and once more when there is nothing to do.
  private void assertServesTheApplication() throws Exception {
    TestStore copy = store.copy();
    Map<String, String> reads = new TreeMap<>(odd.reads());
    for (Insert insert : odd.inserts()) {
      copy.execute(insert.sql());
      reads.put(insert.key(), insert.readsAs());
    }
    assertTexts(copy, reads);
    assertProbes(copy);
    Map<String, List<String>> written = copy.tables();
    Cli.Result packed = migrate(copy);
    if (!odd.refusedInPlace().isEmpty()) {
      assertThat(packed.exit()).as(packed.err() + packed.out()).isEqualTo(2);
      assertThat(packed.err()).contains(odd.refusedInPlace());
      assertTexts(copy, reads);
      return;
    }
    assertThat(packed.exit()).as(packed.err() + packed.out()).isZero();
    assertTexts(copy, reads);
    assertProbes(copy);
    assertThat(migrate(copy).out()).contains("nothing to do");
    assertSound(copy);
    List<String> inPlace =
        copy.texts("SELECT migration_id FROM whimbrel_migrations WHERE kind = 'IN_PLACE'");
    for (String id : inPlace) {
      Cli.Result undone = Cli.run("rollback", "--db-url", copy.url(), "--migration", id);
      assertThat(undone.exit()).as(undone.err() + undone.out()).isZero();
      Same.assertSameTables(copy.tables(), written);
    }
  }

  private void assertProbes(TestStore on) throws SQLException {
    for (Probe probe : odd.probes()) {
      assertThat(on.texts(probe.query())).as(probe.query()).isEqualTo(probe.rows());
    }
  }

  private static void assertTexts(TestStore on, Map<String, String> expected) {
    Map<String, String> texts = new TreeMap<>();
    try (MemoryReader reader = MemoryReader.open(on.storeUrl(), Map.of())) {
      reader.forEach(memory -> texts.put(memory.key(), shown(memory.content())));
    }
    Same.assertSameTexts(texts, expected);
  }

  private static String shown(MemoryContent content) {
    if (content.form() == ContentForm.ABSENT) {
      return OddStore.ABSENT;
    }
    byte[] bytes = content.utf8();
    if (content.storageClass() == StorageClass.BLOB) {
      return OddStore.bytes("blob", HexFormat.of().formatHex(bytes));
    }
    boolean isUtf8 = Arrays.equals(content.text().getBytes(StandardCharsets.UTF_8), bytes);
    return isUtf8 ? content.text() : OddStore.bytes("bytes", HexFormat.of().formatHex(bytes));
  }
}
