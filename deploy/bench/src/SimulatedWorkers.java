// SPDX-License-Identifier: Apache-2.0

import io.whimbrel.cluster.HostPort;
import io.whimbrel.grid.ClientSettings;
import io.whimbrel.grid.Grid;
import io.whimbrel.grid.HazelcastGrid;
import io.whimbrel.grid.WorkerStats;
import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.RangeOutcome;
import io.whimbrel.ledger.WorkerLedger.Holder;
import io.whimbrel.ledger.WorkerLedger.Role;
import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreSession;
import io.whimbrel.store.StoreUrl;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Workers that take hints from the grid, claim ranges and complete them as real ones do, in two
 * transactions, but read and write no memories. Arguments: the database, the coordinator, the
 * number of threads, the memories of a range. Runs until it is ended.
 */
final class SimulatedWorkers {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final long PUBLISH_NANOS = 1_000_000_000;

  /** Longer than any measurement: the leases are not what is measured. */
  private static final Duration TERM = Duration.ofHours(1);

  private final Store store;
  private final Ledger ledger;
  private final Grid grid;
  private final Migration migration;
  private final RangeOutcome outcome;

  private SimulatedWorkers(Store store, Grid grid, int rangeMemories) throws SQLException {
    this.store = store;
    this.grid = grid;
    this.ledger = Ledger.of(store);
    this.migration = store.read(connection -> ledger.migrations().latest(connection)).orElseThrow();
    this.outcome =
        new RangeOutcome(rangeMemories, rangeMemories, 0, 0, 0, 0, 0, /* elapsedMillis= */ 1);
  }

  public static void main(String[] arguments) throws Exception {
    if (!(StoreUrl.parse(arguments[0]) instanceof StoreUrl.PostgresUrl url)) {
      throw new IllegalArgumentException("not on PostgreSQL: " + arguments[0]);
    }
    int threads = Integer.parseInt(arguments[2]);
    List<HostPort> members = HostPort.parseList(arguments[1], 5701);
    Store store =
        PostgresStore.open(url, System.getenv(), PostgresStore.CONNECTIONS_MAX + 2 * threads);
    Grid grid = HazelcastGrid.client(ClientSettings.of(members, null));
    SimulatedWorkers workers = new SimulatedWorkers(store, grid, Integer.parseInt(arguments[3]));
    List<Thread> running = new ArrayList<>();
    for (int number = 0; number < threads; number++) {
      String id = "simulated-" + number;
      Thread thread = new Thread(() -> workers.work(id), id);
      running.add(thread);
      thread.start();
    }
    for (Thread thread : running) {
      thread.join();
    }
  }

  private void work(String id) {
    try (StoreSession session = store.openSession(migration.migrationId())) {
      Holder holder = new Holder(id, Role.WORKER, "localhost", ProcessHandle.current().pid(), 0, 1);
      store.update(
          connection -> ledger.workers().join(connection, migration.migrationId(), holder, TERM));
      long ranges = 0;
      long publishedNanos = System.nanoTime() - PUBLISH_NANOS;
      while (true) {
        if (System.nanoTime() - publishedNanos >= PUBLISH_NANOS) {
          publishedNanos = System.nanoTime();
          publish(id, ranges);
        }
        OptionalLong hint = grid.pollHint(POLL);
        if (hint.isPresent()) {
          Optional<ClaimedRange> claim = claim(session, hint.getAsLong(), id);
          if (claim.isPresent()) {
            complete(session, claim.get());
            ranges++;
          }
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // What the live page shows, and the planner learns from.
  private void publish(String id, long ranges) {
    grid.publishStats(
        new WorkerStats(
            id,
            migration.migrationId(),
            "localhost",
            1,
            List.of(),
            ranges,
            ranges * outcome.memories(),
            0,
            0,
            0,
            0,
            0,
            0,
            outcome.memories(),
            outcome.elapsedMillis(),
            System.currentTimeMillis()));
  }

  private Optional<ClaimedRange> claim(StoreSession session, long rangeId, String id)
      throws SQLException {
    try (RangeTransaction transaction = session.begin()) {
      Optional<ClaimedRange> claim =
          ledger
              .ranges()
              .claim(
                  transaction.connection(),
                  migration.migrationId(),
                  rangeId,
                  id,
                  session.writerBackend());
      transaction.commit();
      return claim;
    }
  }

  private void complete(StoreSession session, ClaimedRange claim) throws SQLException {
    try (RangeTransaction transaction = session.begin()) {
      ledger.ranges().complete(transaction.connection(), claim, outcome);
      transaction.commit();
    }
  }
}
