// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Version;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stores as nobody wants them: each is migrated with every value in its place, or refused by name
 * before anything is touched. In {@code docs/operating/what-is-migrated.md} the same in words.
 */
class BadDataIT {

  private final Path folder;

  BadDataIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @MethodSource
  void sqlite_isMigratedOrRefused(OddStore odd) throws Exception {
    new OddStoreRun(folder, odd, Backend.SQLITE.newStore(folder)).run();
  }

  static Stream<OddStore> sqlite_isMigratedOrRefused() {
    return Stream.of(
            OddContents.on(Backend.SQLITE),
            OddContents.onSqlite(),
            OddKeys.on(Backend.SQLITE),
            OddKeys.onSqlite(),
            OddChunks.on(Backend.SQLITE),
            OddChunks.onSqlite(),
            OddColumns.on(Backend.SQLITE),
            OddSqliteTables.all(),
            OddSqliteSearch.all())
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource
  void postgres_isMigratedOrRefused(OddStore odd) throws Exception {
    PostgresServer server = Backend.server(Version.NEWEST);
    TestStore store = new PostgresTestStore(server, server.createDatabase(odd.databaseOptions()));
    new OddStoreRun(folder, odd, store).run();
  }

  static Stream<OddStore> postgres_isMigratedOrRefused() {
    return Stream.of(
            OddContents.on(Backend.POSTGRES_NEWEST),
            OddKeys.on(Backend.POSTGRES_NEWEST),
            OddKeys.onPostgres(),
            OddChunks.on(Backend.POSTGRES_NEWEST),
            OddChunks.onPostgres(),
            OddColumns.on(Backend.POSTGRES_NEWEST),
            OddPostgresTables.all(),
            OddPostgresTypes.all())
        .flatMap(List::stream);
  }

  @Test
  void cases_areNamedAndMany() {
    for (List<OddStore> cases :
        List.of(sqlite_isMigratedOrRefused().toList(), postgres_isMigratedOrRefused().toList())) {
      assertThat(cases).hasSizeGreaterThanOrEqualTo(40);
      assertThat(cases).extracting(OddStore::name).doesNotHaveDuplicates();
      assertThat(cases)
          .filteredOn(odd -> !odd.isRefused())
          .as("a store that is migrated has memories, or says that it has none")
          .allMatch(odd -> !odd.reads().isEmpty() || odd.name().equals("zero memories"));
    }
  }
}
