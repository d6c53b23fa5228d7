// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.cluster.HostPort;
import io.whimbrel.grid.ClientSettings;
import io.whimbrel.grid.Grid;
import io.whimbrel.grid.HazelcastGrid;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.metrics.MetricsServer;
import io.whimbrel.metrics.Role;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.retry.Trouble;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A worker process: joins a coordinator's grid and works on its migration until that is over. */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    description = {
      "Works on the migration of a PostgreSQL store that a coordinator leads.",
      "Stops by itself when the migration is over; on SIGTERM hands back what it holds first."
    })
public final class WorkerCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerCommand.class);

  @Option(names = "--db-url", required = true, description = "The store: postgresql://user@host/db")
  String dbUrl = "";

  @Option(
      names = "--coordinator",
      required = true,
      description = "HOST:PORT of the coordinator and its standbys, separated by commas")
  String coordinator = "";

  @Option(names = "--threads", description = "Ranges worked on at once (default ${DEFAULT-VALUE})")
  int threads = 2;

  @Option(names = "--http", description = "HOST:PORT for metrics and health")
  @Nullable String http;

  @Option(
      names = "--wait",
      description = "Seconds to wait for a migration to begin (default ${DEFAULT-VALUE})")
  int waitSeconds = 600;

  @Option(
      names = {"-v", "--verbose"},
      description = "Log what the worker does")
  boolean verbose;

  @Mixin LogFormat logFormat = new LogFormat();

  @Spec @Nullable CommandSpec spec;

  private volatile boolean stopping;

  @Override
  public Integer call() throws SQLException, IOException, InterruptedException {
    if (!(StoreUrl.parse(dbUrl) instanceof StoreUrl.PostgresUrl url)) {
      throw new StoreRefusedException(
          "a SQLite store is migrated by one process: use `whimbrel migrate --workers N`");
    }
    if (threads < 1 || threads > 256) {
      throw new StoreRefusedException("--threads must be 1 to 256");
    }
    try (Store store =
            PostgresStore.open(url, System.getenv(), PostgresStore.CONNECTIONS_MAX + 2 * threads);
        WhimbrelMetrics metrics = new WhimbrelMetrics(EnumSet.of(Role.WORKER));
        MetricsServer server = startServer(metrics);
        Grid grid =
            HazelcastGrid.client(
                ClientSettings.of(
                    HostPort.parseList(coordinator, 5701), ClusterSecret.from(System.getenv())))) {
      store.reportTo(metrics);
      if (server != null) {
        say("metrics on http://" + server.address() + "/metrics");
      }
      Ledger ledger = Ledger.of(store);
      Migration migration = awaitMigration(store, ledger);
      return work(store, ledger, metrics, grid, migration);
    }
  }

  private @Nullable MetricsServer startServer(WhimbrelMetrics metrics) throws IOException {
    return http == null
        ? null
        : MetricsServer.start(io.whimbrel.metrics.HostPort.parse(http), metrics, () -> !stopping);
  }

  private Migration awaitMigration(Store store, Ledger ledger)
      throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
    while (System.nanoTime() < deadline) {
      Optional<Migration> latest =
          store.read(
              connection ->
                  ledger.schema().exists(connection)
                      ? ledger.migrations().latest(connection)
                      : Optional.empty());
      if (latest.isPresent() && latest.get().state().letsWorkersWork()) {
        return latest.get();
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    throw new StoreRefusedException(
        "no migration of this store began within " + waitSeconds + " s: start `whimbrel migrate`");
  }

  private int work(
      Store store, Ledger ledger, WhimbrelMetrics metrics, Grid grid, Migration migration)
      throws SQLException, InterruptedException {
    String host = hostName();
    String id = host + "-" + UUID.randomUUID().toString().substring(0, 8);
    WorkerPool pool =
        new WorkerPool(
            new WorkerContext(
                store,
                ledger,
                grid,
                metrics,
                Clock.systemUTC(),
                id,
                host,
                threads,
                migration.migrationId(),
                MigrationSettings.fromJson(migration.settings()),
                WorkerContext.LEASE_TERM_DEFAULT));
    CountDownLatch left = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              stopping = true;
              pool.close();
              say("worker " + id + " handed back its ranges and left");
              left.countDown();
            },
            "leave");
    Runtime.getRuntime().addShutdownHook(hook);
    pool.start(migration.dictionaryId());
    say(
        String.format(
            Locale.ROOT,
            "worker %s joined migration %d with %d threads",
            id,
            migration.migrationId(),
            threads));
    boolean away = false;
    while (pool.isRunning() && !away) {
      TimeUnit.MILLISECONDS.sleep(100);
      away = pool.withoutLease().compareTo(Trouble.PATIENCE_DEFAULT) > 0;
    }
    if (stopping) {
      // The hook still needs the store and the grid, which are closed when this returns.
      left.await();
      return 0;
    }
    Runtime.getRuntime().removeShutdownHook(hook);
    pool.close();
    Optional<Throwable> failure = pool.failure();
    if (failure.isPresent()) {
      say("worker " + id + " stopped: " + failure.get().getMessage());
      return CommandErrors.FAILED;
    }
    if (away) {
      say(
          String.format(
              Locale.ROOT,
              "the store cannot be used, for more than %d s now; what this worker held is free:"
                  + " start it again when the store is back",
              Trouble.PATIENCE_DEFAULT.toSeconds()));
      return CommandErrors.STOPPED;
    }
    say("worker " + id + " is done");
    return 0;
  }

  private void say(String line) {
    if (LogFormat.isJson()) {
      LOG.info("{}", line);
    } else if (spec != null) {
      spec.commandLine().getErr().println("whimbrel: " + line);
      spec.commandLine().getErr().flush();
    }
  }

  /** This machine's name, for people. */
  public static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
