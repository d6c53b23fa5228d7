// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.store.StoreKind;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Makes the store of a trial. */
final class TrialStore {

  /** Without them each delete on PostgreSQL looks through all tables that point to memories. */
  private static final List<String> INDEXES =
      List.of(
          "ix_load_source ON relations (source_memory_id)",
          "ix_load_target ON relations (target_memory_id)",
          "ix_load_versions ON memory_versions (memory_id)",
          "ix_load_chunks ON memory_chunks (memory_id)");

  private TrialStore() {}

  /** A demonstration store in an empty database, in the state of one that is in use. */
  static void make(TrialSettings settings, Cluster cluster)
      throws IOException, InterruptedException, SQLException {
    int exit =
        cluster.run(
            "demo",
            "--memories",
            Integer.toString(settings.memories()),
            "--seed",
            Long.toString(settings.seed()));
    if (exit != 0) {
      throw new IOException("no demonstration store: " + cluster.lastOutput());
    }
    Target target = settings.target();
    try (Connection connection = target.connect();
        Statement statement = connection.createStatement()) {
      for (String index : INDEXES) {
        statement.execute("CREATE INDEX " + index);
      }
      statement.execute(
          target.kind() == StoreKind.SQLITE ? "PRAGMA journal_mode = wal" : "VACUUM ANALYZE");
    }
  }
}
