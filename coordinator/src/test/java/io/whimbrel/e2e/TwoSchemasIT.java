// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two stores in one PostgreSQL database, each in a schema of its own, with names that would meet.
 */
class TwoSchemasIT {

  private final Path folder;
  private final TestStore both;

  TwoSchemasIT(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.both = Backend.POSTGRES_NEWEST.newStore(folder);
    for (String schema : List.of("first", "second")) {
      both.execute(
          "CREATE SCHEMA " + schema,
          "CREATE TABLE " + schema + ".memories (id bigint PRIMARY KEY, content text)",
          "INSERT INTO "
              + schema
              + ".memories VALUES (1, "
              + OddSql.quote(schema + OddStore.TEXT)
              + ")");
    }
  }

  private Cli.Result run(String command, String schema, String... more) {
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of(command, "--db-url", both.url() + "?currentSchema=" + schema));
    arguments.addAll(List.of(more));
    return Cli.run(arguments);
  }

  private Cli.Result migrate(String schema) {
    String reports = folder.resolve("reports").toString();
    return run("migrate", schema, "--backup", "none", "--report-dir", reports);
  }

  @Test
  void second_isRefused_untilTheFirstIsFinalized() throws Exception {
    Map<String, List<String>> tables = both.tables();
    assertThat(migrate("first").exit()).isZero();

    Cli.Result refused = migrate("second");

    assertThat(refused.exit()).as(refused.out()).isEqualTo(2);
    assertThat(refused.err()).contains("another store of this database", "\"first\".\"memories\"");
    assertThat(both.tables().get("second.memories")).isEqualTo(tables.get("second.memories"));
    assertThat(run("finalize", "first").exit()).isZero();
    assertThat(migrate("second").exit()).isZero();
    assertThat(run("verify", "second").exit()).isZero();
    assertThat(run("rollback", "second").exit()).isZero();
    assertThat(both.tables().get("second.memories")).isEqualTo(tables.get("second.memories"));
  }

  // The second store has a migration of the same number in its ledger, and clears up after it.
  @Test
  void first_canGoBack_whenTheSecondClearsUpAfterAMigrationOfTheSameNumber() throws Exception {
    Map<String, List<String>> tables = both.tables();
    assertThat(migrate("second").exit()).isZero();
    assertThat(run("rollback", "second").exit()).isZero();
    assertThat(migrate("first").exit()).isZero();

    assertThat(migrate("second").exit()).isEqualTo(2);
    assertThat(run("rollback", "second").exit()).isNotZero();

    assertThat(run("rollback", "first").exit()).isZero();
    assertThat(both.tables()).isEqualTo(tables);
    assertThat(migrate("second").exit()).isZero();
  }
}
