// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoForm;
import io.whimbrel.demo.DemoOptions;
import io.whimbrel.demo.DemoStore;
import io.whimbrel.legacy.ContentProblem;
import io.whimbrel.reader.MemoryReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A legacy store with invented memories, what each of them must read as, and all that was in its
 * tables before any command ran.
 */
final class DemoScene {

  /** What the store's maker said of a memory. */
  record Made(DemoForm form, String readsAs) {}

  /** The columns that a migration is there to change. */
  private static final List<String> CHANGED = List.of("content", "content_compressed");

  private final Path folder;
  private final TestStore store;
  private final Map<String, Made> made;
  private final Map<String, List<String>> originalTables;
  private final List<String> originalDefinitions;
  private final List<String> carriedColumns;
  private final Map<String, List<String>> originalCarried;

  private DemoScene(Path folder, TestStore store, Map<String, Made> made)
      throws IOException, SQLException {
    // Its own, so that a test finds its own report and no other scene's.
    this.folder = Files.createTempDirectory(folder, "scene-");
    this.store = store;
    this.made = made;
    this.originalTables = store.tables();
    this.originalDefinitions = store.definitions();
    this.carriedColumns =
        store.memoriesColumns().stream().filter(name -> !CHANGED.contains(name)).toList();
    this.originalCarried = store.tables(carriedColumns);
  }

  static DemoScene make(Backend backend, Path folder, int memories)
      throws IOException, SQLException {
    return make(backend, folder, DemoOptions.of(memories));
  }

  static DemoScene make(Backend backend, Path folder, DemoOptions options)
      throws IOException, SQLException {
    return make(backend.newStore(folder), folder, options);
  }

  static DemoScene make(TestStore store, Path folder, DemoOptions options)
      throws IOException, SQLException {
    Map<String, Made> made = new TreeMap<>();
    try (Connection connection = store.connect()) {
      new DemoStore(options)
          .fill(
              connection,
              (id, form, readsAs) -> made.put(Long.toString(id), new Made(form, readsAs)));
    }
    return new DemoScene(folder, store, made);
  }

  /** The same scene in another store with the same content. */
  DemoScene copy() throws Exception {
    return new DemoScene(folder.resolveSibling("."), store.copy(), new TreeMap<>(made));
  }

  TestStore store() {
    return store;
  }

  /** Where its processes leave their output. */
  Path folder() {
    return folder;
  }

  Path backups() {
    return folder.resolve("backups");
  }

  Path reports() {
    return folder.resolve("reports");
  }

  Map<String, Made> made() {
    return made;
  }

  /** A memory of this form. */
  String anyKey(DemoForm form) {
    return made.entrySet().stream()
        .filter(entry -> entry.getValue().form() == form)
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  /** Tells of a memory that a test wrote itself. */
  void wrote(String key, String text) {
    made.put(key, new Made(DemoForm.PLAIN, text));
  }

  void deleted(String key) {
    made.remove(key);
  }

  /** Runs `migrate` without a backup unless told otherwise: most tests are not about it. */
  Cli.Result migrate(String... more) {
    return Cli.run(migrateArguments(more));
  }

  List<String> migrateArguments(String... more) {
    List<String> arguments = new ArrayList<>(List.of("migrate", "--db-url", store.url()));
    arguments.addAll(List.of("--backup-dir", backups().toString()));
    arguments.addAll(List.of("--report-dir", reports().toString()));
    if (!List.of(more).contains("--backup")) {
      arguments.addAll(List.of("--backup", "none"));
    }
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** Runs another command on the store. */
  Cli.Result run(String command, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, "--db-url", store.url()));
    arguments.addAll(List.of(more));
    return Cli.run(arguments);
  }

  /** Every memory, no other, reads as it must. */
  void assertTextsReadBack() {
    Same.assertSameTexts(textsOf(store), expectedTexts());
  }

  /** The migration is completed: every memory once and as it must read, every problem named. */
  void assertMigrated() throws SQLException {
    assertThat(store.state()).isEqualTo("COMPLETED");
    assertThat(
            store.texts(
                "SELECT memory_key || ' ' || severity || ' ' || reason FROM whimbrel_failures"))
        .containsExactlyInAnyOrderElementsOf(expectedFailures());
    assertTextsReadBack();
    assertAllElseIsCarried();
    assertThat(run("verify").exit()).isZero();
  }

  Map<String, String> expectedTexts() {
    Map<String, String> texts = new TreeMap<>();
    made.forEach((key, memory) -> texts.put(key, memory.readsAs()));
    return texts;
  }

  static Map<String, String> textsOf(TestStore store) {
    Map<String, String> texts = new TreeMap<>();
    try (MemoryReader reader = MemoryReader.open(store.storeUrl(), Map.of())) {
      reader.forEach(memory -> texts.put(memory.key(), memory.content().text()));
    }
    return texts;
  }

  /** All tables and all but the memories' content are what they were. */
  void assertAllElseIsCarried() throws SQLException {
    Same.assertSameTables(store.tables(carriedColumns), originalCarried);
  }

  /** Every table and every definition is what it was. */
  void assertStoreIsOriginal() throws SQLException {
    Same.assertSameTables(store.tables(), originalTables);
    assertDefinitionsAreOriginal();
  }

  /** The same of another store that took this one's place. */
  void assertIsOriginal(TestStore other) throws SQLException {
    Same.assertSameTables(other.tables(), originalTables);
    Same.assertSameLines("definitions", other.definitions(), originalDefinitions);
  }

  void assertDefinitionsAreOriginal() throws SQLException {
    Same.assertSameLines("definitions", store.definitions(), originalDefinitions);
  }

  /** All columns of the memories that no migration changes. */
  List<String> carriedColumns() {
    return carriedColumns;
  }

  List<String> originalDefinitions() {
    return originalDefinitions;
  }

  /** `key severity reason` of every damaged memory. */
  List<String> expectedFailures() {
    return made.entrySet().stream()
        .flatMap(
            entry ->
                problem(entry.getValue().form()).stream()
                    .map(
                        problem ->
                            entry.getKey() + " " + problem.severity() + " " + problem.code()))
        .sorted()
        .toList();
  }

  long expectedQuarantined() {
    return made.values().stream().filter(memory -> !memory.form().isDecodable()).count();
  }

  private static Optional<ContentProblem> problem(DemoForm form) {
    return switch (form) {
      case PLAIN, ZLIB, GZIP, CHUNKED -> Optional.empty();
      case CUT_BASE64 -> Optional.of(ContentProblem.CUT_STREAM);
      case WRONG_FLAG -> Optional.of(ContentProblem.WRONG_FLAG);
      case CUT_TEXT -> Optional.of(ContentProblem.CUT_TEXT);
      case CUT_CHUNKS -> Optional.of(ContentProblem.CUT_CHUNKS);
      case INTERRUPTED_CREATE -> Optional.of(ContentProblem.INTERRUPTED_CREATE);
    };
  }
}
