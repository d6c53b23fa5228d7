// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A coordinator without workers of its own, and processes that work for it. */
final class Cluster implements AutoCloseable {
  private static final String COPYING =
      "SELECT count(*) FROM whimbrel_migrations WHERE state = 'COPYING'";

  private final Settings settings;
  private final Postgres postgres;
  private final String database;
  private final Path logs;
  private final int port;
  private final List<Process> processes = new ArrayList<>();

  /** Starts the coordinator and waits until ranges are handed out. */
  Cluster(Settings settings, Postgres postgres, String database, String name, int batchSize)
      throws Exception {
    this.settings = settings;
    this.postgres = postgres;
    this.database = database;
    this.logs = settings.work().resolve("runs").resolve(name);
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    start(
        "coordinator",
        List.of(
            settings.launcher("whimbrel"),
            "migrate",
            "--db-url",
            postgres.url(database),
            "--workers",
            "0",
            "--bind",
            address(),
            "--backup",
            "none",
            "--batch-size",
            Integer.toString(batchSize),
            "--report-dir",
            logs.resolve("report").toString()));
    await("the coordinator to plan", () -> exists() && postgres.number(database, COPYING) == 1);
  }

  private boolean exists() throws SQLException {
    return postgres.text(database, "SELECT to_regclass('whimbrel_migrations')") != null;
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** A process that reaches the database by a port of its own. */
  void work(int number, int databasePort) throws IOException {
    start(
        "worker." + number,
        List.of(
            settings.launcher("whimbrel-worker"),
            "--db-url",
            postgres.url(database, databasePort),
            "--coordinator",
            address(),
            "--threads",
            "1"));
  }

  void start(String name, List<String> command) throws IOException {
    processes.add(Command.start(logs.resolve(name + ".log"), postgres.environment(), command));
  }

  /** Waits for something that the ledger says. */
  void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (!condition.holds()) {
      if (System.nanoTime() > deadline || !processes.get(0).isAlive()) {
        throw new IOException("waited in vain for " + what + "; logs were in " + logs);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  long number(String query) throws SQLException {
    return postgres.number(database, query);
  }

  /** Ends all of them at once: what is not finished is dropped with the database. */
  @Override
  public void close() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly();
    }
    for (Process process : processes) {
      process.waitFor();
    }
  }

  interface Condition {
    boolean holds() throws Exception;
  }
}
