// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.cluster.HostPort;
import io.whimbrel.grid.Grid;
import io.whimbrel.grid.HazelcastGrid;
import io.whimbrel.grid.MemberSettings;
import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.RangeOutcome;
import io.whimbrel.metrics.Role;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.store.BackendId;
import io.whimbrel.store.SnapshotReader;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreUrl;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;

/**
 * The real planner, grid and ledger over a key index of a billion ids that is only reckoned: each
 * range that is planned is queued, polled, claimed and completed. In the program's package, for the
 * planner is its own. Prints {@code name=value} lines.
 */
final class BillionIds {
  private static final long IDS = 1_000_000_000;
  private static final Duration SHORT = Duration.ofMillis(10);
  private static final String SELF = "billion-ids";

  private BillionIds() {}

  public static void main(String[] arguments) throws Exception {
    if (!(StoreUrl.parse(arguments[0]) instanceof StoreUrl.PostgresUrl url)) {
      throw new IllegalArgumentException("not on PostgreSQL: " + arguments[0]);
    }
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    HostPort bind = new HostPort("127.0.0.1", port);
    try (Store real = PostgresStore.open(url, System.getenv());
        WhimbrelMetrics metrics = new WhimbrelMetrics(EnumSet.allOf(Role.class));
        Grid grid = HazelcastGrid.member(MemberSettings.of(bind, List.of(), null))) {
      Ledger ledger = Ledger.of(real);
      real.update(ledger.schema()::create);
      Store store = withIds(real);
      RunContext context =
          new RunContext(
              store,
              ledger,
              grid,
              metrics,
              new io.whimbrel.progress.LogProgress(System::nanoTime),
              Clock.systemUTC(),
              "localhost");
      try (Leadership lead =
          Leadership.begin(store, ledger, "localhost", MigrationKind.SHADOW_COPY, "{}", "{}")) {
        run(context, lead);
      }
    }
    System.exit(0);
  }

  private static void run(RunContext context, Leadership lead) throws SQLException {
    Ledger ledger = context.ledger();
    Migration begun = context.store().read(c -> ledger.migrations().get(c, lead.migrationId()));
    int size = RangeSizer.MAX;
    Planner planner =
        new Planner(context, lead, RangeKind.COPY, withHighestKey(begun), size, 400, 8);
    RangeOutcome outcome = new RangeOutcome(size, size, 0, 0, 0, 0, 0, 1);
    Queue<Long> toOffer = new ArrayDeque<>();
    long ranges = 0;
    long heapEarly = 0;
    int queuedMax = 0;
    long start = System.nanoTime();
    while (!planner.isDone() || planner.openRanges() > 0) {
      planner.planAhead();
      toOffer.addAll(planner.takePlanned());
      while (!toOffer.isEmpty() && context.grid().offerHint(toOffer.peek(), SHORT)) {
        toOffer.remove();
      }
      queuedMax = Math.max(queuedMax, context.grid().queuedHints());
      for (OptionalLong hint = context.grid().pollHint(SHORT);
          hint.isPresent();
          hint = context.grid().queuedHints() == 0 ? OptionalLong.empty() : poll(context)) {
        work(context, lead, hint.getAsLong(), outcome);
        ranges++;
        if (ranges == IDS / size / 10) {
          heapEarly = usedHeap();
        }
      }
    }
    System.out.println("ids=" + IDS);
    System.out.println("rangeSize=" + size);
    System.out.println("ranges=" + ranges);
    System.out.println("queuedMax=" + queuedMax);
    System.out.println("heapEarly=" + heapEarly);
    System.out.println("heapLate=" + usedHeap());
    System.out.println("millis=" + (System.nanoTime() - start) / 1_000_000);
  }

  private static OptionalLong poll(RunContext context) {
    return context.grid().pollHint(SHORT);
  }

  private static void work(RunContext context, Leadership lead, long rangeId, RangeOutcome outcome)
      throws SQLException {
    context
        .store()
        .update(
            connection -> {
              Optional<ClaimedRange> claim =
                  context
                      .ledger()
                      .ranges()
                      .claim(connection, lead.migrationId(), rangeId, SELF, new BackendId(0, 0));
              context.ledger().ranges().complete(connection, claim.orElseThrow(), outcome);
            });
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static Migration withHighestKey(Migration begun) {
    return new Migration(
        begun.migrationId(),
        begun.kind(),
        begun.state(),
        begun.epoch(),
        false,
        false,
        false,
        begun.coordinatorId(),
        begun.createdAtMillis(),
        null,
        begun.settings(),
        null,
        IDS,
        Long.toString(IDS),
        null,
        null,
        false,
        begun.facts(),
        null);
  }

  /** The store, but for its key index. */
  private static Store withIds(Store real) {
    SnapshotReader reader =
        (SnapshotReader)
            Proxy.newProxyInstance(
                BillionIds.class.getClassLoader(),
                new Class<?>[] {SnapshotReader.class},
                (proxy, method, values) ->
                    method.getName().equals("keyAfter")
                        ? keyAfter((String) values[0], (String) values[1], (Integer) values[2])
                        : call(real.snapshotReader(), method, values));
    return (Store)
        Proxy.newProxyInstance(
            BillionIds.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, values) ->
                method.getName().equals("snapshotReader") ? reader : call(real, method, values));
  }

  private static String keyAfter(String lower, String upper, int n) {
    long key = (lower == null ? 0 : Long.parseLong(lower)) + n;
    return key > Long.parseLong(upper) ? null : Long.toString(key);
  }

  private static Object call(Object target, java.lang.reflect.Method method, Object[] values)
      throws Throwable {
    try {
      return method.invoke(target, values);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
