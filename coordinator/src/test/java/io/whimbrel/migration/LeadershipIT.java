// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.demo.DemoOptions;
import io.whimbrel.demo.DemoStore;
import io.whimbrel.ledger.FencedException;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.sqlite.SqliteStore;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreUrl;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeadershipIT {

  private final Path file;

  LeadershipIT(@TempDir Path folder) {
    this.file = folder.resolve("memory.db");
  }

  @Test
  void migration_hasItsFacts_fromTheMomentItExists() throws Exception {
    try (Store store = store();
        Leadership lead = begin(store)) {
      assertThat(migration(store, lead).facts()).isEqualTo("{\"storeMode\":\"delete\"}");
    }
  }

  @Test
  void leader_changesNoDefinitions_onceAnotherHasTakenTheLead() throws Exception {
    try (Store store = store();
        Leadership lead = begin(store)) {
      assertThatCode(() -> store.capture().install()).doesNotThrowAnyException();
      Ledger ledger = Ledger.of(store);
      store.update(
          connection ->
              assertThat(ledger.migrations().takeLead(connection, lead.migrationId(), 1, "other"))
                  .isTrue());

      assertThatThrownBy(() -> store.capture().remove()).isInstanceOf(FencedException.class);

      store.read(connection -> store.capture().pending(connection));
    }
  }

  private Store store() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      new DemoStore(DemoOptions.of(50)).fill(connection);
    }
    SqliteStore store =
        SqliteStore.open(new StoreUrl.SqliteUrl(file), SqliteStore.Access.READ_WRITE);
    store.update(connection -> Ledger.of(store).schema().create(connection));
    return store;
  }

  private static Leadership begin(Store store) throws Exception {
    return Leadership.begin(
        store,
        Ledger.of(store),
        "here",
        MigrationKind.SHADOW_COPY,
        "{}",
        "{\"storeMode\":\"delete\"}");
  }

  private static Migration migration(Store store, Leadership lead) throws Exception {
    return store.read(
        connection -> Ledger.of(store).migrations().get(connection, lead.migrationId()));
  }
}
