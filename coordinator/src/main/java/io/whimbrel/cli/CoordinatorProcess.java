// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.cluster.HostPort;
import io.whimbrel.grid.Grid;
import io.whimbrel.grid.HazelcastGrid;
import io.whimbrel.grid.LocalGrid;
import io.whimbrel.grid.MemberSettings;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.live.LiveBoard;
import io.whimbrel.live.LiveSite;
import io.whimbrel.live.LiveSource;
import io.whimbrel.metrics.MetricsServer;
import io.whimbrel.metrics.Role;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.migration.RunContext;
import io.whimbrel.migration.Standby;
import io.whimbrel.migration.Steering;
import io.whimbrel.store.Store;
import io.whimbrel.worker.ClusterSecret;
import io.whimbrel.worker.CommandErrors;
import io.whimbrel.worker.LogContext;
import io.whimbrel.worker.WorkerCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What a coordinator has around its run: grid, metrics, progress, and an ear for signals. */
record CoordinatorProcess(
    @Nullable String bind, @Nullable String members, HttpOptions http, Clock clock) {

  /** How long a signal waits for ranges to be handed back. */
  private static final Duration LEAVE_LIMIT = Duration.ofMinutes(1);

  /** Brings a migration to its end. */
  interface Leading {
    Migration lead(RunContext context, Steering steering, Standby.Surroundings surroundings)
        throws SQLException, InterruptedException;
  }

  Migration run(Store store, Ledger ledger, Leading leading)
      throws SQLException, IOException, InterruptedException {
    Steering steering = new Steering();
    Thread hook = new Thread(() -> leave(steering), "leave");
    try (WhimbrelMetrics metrics = new WhimbrelMetrics(EnumSet.allOf(Role.class));
        MetricsServer server = http.start(metrics);
        Grid grid = grid();
        LiveBoard progress = new LiveBoard(StoreCommand.progress(), metrics, clock)) {
      store.reportTo(metrics);
      Runtime.getRuntime().addShutdownHook(hook);
      RunContext context =
          new RunContext(store, ledger, grid, metrics, progress, clock, WorkerCommand.hostName());
      AtomicBoolean shown = new AtomicBoolean();
      return leading.lead(
          context,
          steering,
          run -> {
            LogContext.migration(run.migrationId());
            // A standby may lead twice, and the server takes each page once.
            if (shown.getAndSet(true)) {
              return run.run();
            }
            try (LiveSite site =
                http.open(
                    server,
                    metrics,
                    new LiveSource(store, ledger, grid, progress, run.migrationId()))) {
              site.announce(progress);
              return run.run();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } finally {
      removeHook(hook);
    }
  }

  private static void leave(Steering steering) {
    steering.stop();
    int exitCode = CommandEnd.await(LEAVE_LIMIT).orElse(CommandErrors.STOPPED);
    Runtime.getRuntime().halt(exitCode);
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is on its way out already: the hook itself is what waits for us.
      return;
    }
  }

  private Grid grid() {
    if (bind == null) {
      return new LocalGrid();
    }
    List<HostPort> others =
        members == null ? List.of() : HostPort.parseList(members, MemberSettings.DEFAULT_PORT);
    return HazelcastGrid.member(
        MemberSettings.of(
            HostPort.parse(bind, MemberSettings.DEFAULT_PORT),
            others,
            ClusterSecret.from(System.getenv())));
  }
}
