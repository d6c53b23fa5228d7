// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that is migrated there and back while it is written to, and its twin that is not. */
class RandomWritingIT {

  @Test
  void randomWriting_isTheSameInBothDirections_asWithoutAnyMigration(@TempDir Path folder)
      throws SQLException, IOException {
    for (int seed = 1; seed <= 6; seed++) {
      try (AgentStore twin =
              AgentStore.create(folder.resolve("twin" + seed + ".db"), AgentStore.CURRENT);
          AgentStore store =
              AgentStore.create(folder.resolve("store" + seed + ".db"), AgentStore.CURRENT)) {
        RandomWriter writer = new RandomWriter(new Random(seed), store, twin);
        writer.write(120);
        for (int again = 0; again < 3; again++) {
          try (SqliteRun random = SqliteRun.begin(store.file)) {
            writer.write(20);
            random.copy(7);
            writer.write(30);
            while (!random.store.shadowTable().index(random.migrationId)) {
              random.catchUp();
            }
            writer.write(30);
            random.catchUp();
            writer.write(15);
            assertThat(random.faults()).as("seed %s", seed).isEmpty();
            random.cutOver();
            assertThat(store.export()).as("seed %s", seed).isEqualTo(twin.export());
            writer.write(60);
            assertThat(store.export()).as("seed %s", seed).isEqualTo(twin.export());
            random.swapBack();
            assertThat(store.tables().get("memories"))
                .as("seed %s", seed)
                .isEqualTo(twin.tables().get("memories"));
            assertThat(store.definitions()).isEqualTo(twin.definitions());
          }
        }
      }
    }
  }
}
