// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.demo.DemoOptions;
import io.whimbrel.demo.DemoStore;
import io.whimbrel.store.StoreKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the application was told is done must be done, or the record of a trial is worth nothing.
 */
class OldApplicationIT {

  private final Path file;

  OldApplicationIT(@TempDir Path folder) {
    this.file = folder.resolve("memory.db");
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:sqlite:" + file + "?transaction_mode=IMMEDIATE&busy_timeout=100");
  }

  private static Operation move(long from, long to) {
    return new Operation(
        1, OperationKind.MOVE, List.of(new Change(from, null), new Change(to, RowState.of(from))));
  }

  @Test
  void moves_areDoneAndAcknowledged_afterOneThatMetALock() throws Exception {
    try (Connection own = connect();
        Connection other = connect();
        Statement others = other.createStatement()) {
      new DemoStore(DemoOptions.of(50)).fill(own);
      own.setAutoCommit(true);
      OldApplication application = new OldApplication(own, StoreKind.SQLITE, new Values(1));
      others.execute("BEGIN IMMEDIATE");
      assertThatThrownBy(() -> application.perform(move(1, -1))).isInstanceOf(SQLException.class);
      others.execute("ROLLBACK");

      application.perform(move(2, -2));

      assertThat(
              others
                  .executeQuery("SELECT group_concat(id) FROM memories WHERE id IN (1, -1, 2, -2)")
                  .getString(1))
          .isEqualTo("-2,1");
    }
  }
}
