// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoOptions;
import io.whimbrel.demo.DemoStore;
import io.whimbrel.grid.LocalGrid;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.metrics.Role;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.progress.LogProgress;
import io.whimbrel.sqlite.SqliteStore;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreUrl;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerIT {
  private static final int MEMORIES = 605;
  private static final int RANGE_MEMORIES = 10;

  private final Store store;
  private final Leadership lead;
  private final WhimbrelMetrics metrics = new WhimbrelMetrics(EnumSet.allOf(Role.class));

  PlannerIT(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("memory.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      new DemoStore(DemoOptions.of(MEMORIES)).fill(connection);
    }
    store = SqliteStore.open(new StoreUrl.SqliteUrl(file), SqliteStore.Access.READ_WRITE);
    store.update(connection -> Ledger.of(store).schema().create(connection));
    lead = Leadership.begin(store, Ledger.of(store), "here", MigrationKind.SHADOW_COPY, "{}", "{}");
  }

  @BeforeEach
  void count() throws SQLException {
    String highest = store.snapshotReader().extent().highestKey();
    store.update(
        connection ->
            Ledger.of(store)
                .migrations()
                .recordSnapshot(
                    connection, lead.migrationId(), lead.epoch(), "", MEMORIES, highest, null));
  }

  @AfterEach
  void close() {
    lead.close();
    store.close();
    metrics.close();
  }

  @Test
  void threadsOfOtherProcesses_areSupplied_onceTheyAreSeen() throws SQLException {
    Planner planner = planner();
    planner.planAhead();
    assertThat(planner.openRanges()).isEqualTo(8);

    planner.supply(16);
    planner.planAhead();

    assertThat(planner.openRanges()).isEqualTo(48);
    assertThat(planner.takePlanned()).hasSize(48).doesNotHaveDuplicates();
    assertThat(planner.isDone()).isFalse();
  }

  @Test
  void ranges_joinWithoutGaps_whenAllArePlannedAtOnce() throws SQLException {
    Planner planner = planner();
    planner.supply(1000);

    planner.planAhead();

    List<String> bounds = bounds();
    assertThat(bounds).hasSize((MEMORIES + RANGE_MEMORIES - 1) / RANGE_MEMORIES);
    for (int i = 1; i < bounds.size(); i++) {
      assertThat(bounds.get(i)).startsWith(">" + bounds.get(i - 1).replaceFirst(".*-", "") + "-");
    }
    Migration planned = migration();
    assertThat(planner.isDone()).isTrue();
    assertThat(planned.planDone()).isTrue();
    assertThat(planned.plannedTo()).isEqualTo(planned.highestKey());
    assertThat(bounds.get(bounds.size() - 1)).endsWith("-" + planned.highestKey());
  }

  private Planner planner() throws SQLException {
    RunContext context =
        new RunContext(
            store,
            Ledger.of(store),
            new LocalGrid(),
            metrics,
            new LogProgress(System::nanoTime),
            Clock.systemUTC(),
            "here");
    return new Planner(context, lead, RangeKind.COPY, migration(), RANGE_MEMORIES, 400, 1);
  }

  private Migration migration() throws SQLException {
    return store.read(
        connection -> Ledger.of(store).migrations().get(connection, lead.migrationId()));
  }

  private List<String> bounds() throws SQLException {
    return store.read(
        connection -> {
          List<String> bounds = new ArrayList<>();
          try (Statement statement = connection.createStatement();
              ResultSet row =
                  statement.executeQuery(
                      "SELECT lower_key || '-' || upper_key FROM whimbrel_ranges ORDER BY"
                          + " range_id")) {
            while (row.next()) {
              bounds.add(row.getString(1));
            }
          }
          return bounds;
        });
  }
}
