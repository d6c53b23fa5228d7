// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.whimbrel.reader.MemoryReader;
import io.whimbrel.testing.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stores that the old applications themselves wrote, where they are at hand: on SQLite as they are,
 * and loaded into PostgreSQL. See {@link PostgresLoader} for what cannot be there as it was.
 */
class SharedStoresIT {

  private static final String FULL = "legacy_small";
  private static final String PLAIN = "legacy_stdio_small";

  private final Path folder;

  SharedStoresIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void everyText_isKept_whenTheFullStoreIsSqlite() throws Exception {
    SqliteTestStore store = copyOf(FULL);
    assertMigrates(store, expected(FULL));
    assertDamageIsListed(store);
  }

  @Test
  void everyText_isKept_whenThePlainStoreIsSqlite() throws Exception {
    SqliteTestStore store = copyOf(PLAIN);
    assertMigrates(store, expected(PLAIN));
    assertNothingIsListed(store);
  }

  @Test
  void everyText_isKept_whenTheFullStoreIsPostgres() throws Exception {
    TestStore store = Backend.POSTGRES_NEWEST.newStore(folder);
    Set<String> leftOut = PostgresLoader.load(copyOf(FULL), store);
    assertThat(leftOut)
        .as("a text with a NUL goes in as the application's compressed form")
        .isEmpty();
    assertMigrates(store, expected(FULL));
    assertDamageIsListed(store);
  }

  @Test
  void everyText_isKept_whenThePlainStoreIsPostgres() throws Exception {
    TestStore store = Backend.POSTGRES_NEWEST.newStore(folder);
    // This layout has no compressed form, so a text with a NUL cannot be there at all.
    Set<String> leftOut = PostgresLoader.load(copyOf(PLAIN), store);
    assertThat(leftOut).hasSize(1);
    Map<String, String> expected = expected(PLAIN);
    expected.keySet().removeAll(leftOut);
    assertMigrates(store, expected);
    assertNothingIsListed(store);
  }

  private SqliteTestStore copyOf(String name) throws Exception {
    SqliteTestStore store = SqliteTestStore.in(folder);
    Files.copy(SharedData.fileOrSkip(name + ".db"), store.file());
    store.file().toFile().setWritable(true);
    return store;
  }

  private static Map<String, String> expected(String name) throws Exception {
    Map<String, String> hashes = new TreeMap<>();
    ObjectMapper json = new ObjectMapper();
    for (String line : Files.readAllLines(SharedData.fileOrSkip(name + ".expected.jsonl"))) {
      JsonNode memory = json.readTree(line);
      hashes.put(memory.get("id").asText(), memory.get("sha256").asText());
    }
    return hashes;
  }

  private void assertMigrates(TestStore store, Map<String, String> expected) throws Exception {
    Map<String, List<String>> tables = store.tables();
    List<String> definitions = store.definitions();
    List<String> carried =
        store.memoriesColumns().stream()
            .filter(name -> !name.equals("content") && !name.equals("content_compressed"))
            .toList();
    Map<String, List<String>> tablesCarried = store.tables(carried);

    Cli.Result migrated =
        Cli.run(
            "migrate",
            "--db-url",
            store.url(),
            "--backup",
            "none",
            "--report-dir",
            folder.resolve("reports").toString());

    assertThat(migrated.exit()).as(migrated.out() + migrated.err()).isZero();
    Same.assertSameTexts(hashes(store), expected);
    Same.assertSameTables(store.tables(carried), tablesCarried);
    Cli.Result verified = Cli.run("verify", "--db-url", store.url());
    assertThat(verified.exit()).as(verified.out()).isZero();
    Cli.Result again = Cli.run("migrate", "--db-url", store.url(), "--backup", "none");
    assertThat(again.out()).contains("nothing to do");

    // The way back, and forth once more: what is asserted after this is the second run's.
    Cli.Result undone = Cli.run("rollback", "--db-url", store.url());
    assertThat(undone.exit()).as(undone.err()).isZero();
    Same.assertSameTables(store.tables(), tables);
    Same.assertSameLines("definitions", store.definitions(), definitions);
    assertThat(
            Cli.run(
                    "migrate",
                    "--db-url",
                    store.url(),
                    "--backup",
                    "none",
                    "--report-dir",
                    folder.resolve("reports").toString())
                .exit())
        .isZero();
    Same.assertSameTexts(hashes(store), expected);
  }

  private static Map<String, String> hashes(TestStore store) {
    Map<String, String> hashes = new TreeMap<>();
    try (MemoryReader reader = MemoryReader.open(store.storeUrl(), Map.of())) {
      reader.forEach(memory -> hashes.put(memory.key(), Hashes.sha256(memory.content().utf8())));
    }
    return hashes;
  }

  private static void assertDamageIsListed(TestStore store) throws Exception {
    assertThat(
            store.texts(
                "SELECT severity || ' ' || reason || ' ' || count(*) FROM whimbrel_failures WHERE"
                    + " migration_id = 2 GROUP BY severity, reason"))
        .containsExactlyInAnyOrder(
            "QUARANTINE cut-stream 6",
            "WARNING wrong-flag 6",
            "WARNING cut-text 2",
            "WARNING cut-chunks 2",
            "WARNING interrupted-create 2");
  }

  private static void assertNothingIsListed(TestStore store) throws Exception {
    assertThat(store.number("SELECT count(*) FROM whimbrel_failures")).isZero();
  }
}
