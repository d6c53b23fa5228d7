// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.store.StoreKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The processes of a migration, and the command line as the trial uses it. */
final class Cluster implements AutoCloseable {

  /** Worker processes beside the coordinator, where there may be some. */
  static final int WORKERS = 2;

  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(15);

  private final TrialSettings settings;
  private final boolean distributed;
  private final Map<String, String> environment;
  private final List<@Nullable Program> workers = new ArrayList<>();
  private final int port;
  private String lastOutput = "";

  /**
   * @param distributed with worker processes, which only PostgreSQL allows
   */
  Cluster(TrialSettings settings, boolean distributed) throws IOException {
    this.settings = settings;
    this.distributed = distributed && settings.target().kind() == StoreKind.POSTGRESQL;
    this.environment =
        Map.of("WHIMBREL_CLUSTER_SECRET", "a secret for the time of the trial " + settings.seed());
    this.port = freePort();
    for (int i = 0; i < WORKERS; i++) {
      workers.add(null);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  boolean hasWorkers() {
    return distributed;
  }

  Program startCoordinator() throws IOException {
    Path folder = settings.folder();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "migrate",
                "--db-url",
                settings.dbUrl(),
                "--backup",
                "none",
                "--report-dir",
                folder.resolve("reports").toString(),
                "--workers",
                distributed ? "1" : "2"));
    if (distributed) {
      arguments.addAll(List.of("--bind", "127.0.0.1:" + port));
    }
    return Program.whimbrel(folder, environment, arguments);
  }

  /** Starts the worker when it was never there, or was killed; one that has finished is let be. */
  void keepWorker(int number) throws IOException {
    if (distributed && workers.get(number) == null) {
      workers.set(
          number,
          Program.whimbrel(
              settings.folder(),
              environment,
              List.of(
                  "worker",
                  "--db-url",
                  settings.dbUrl(),
                  "--coordinator",
                  "127.0.0.1:" + port,
                  "--threads",
                  "1")));
    }
  }

  void killWorker(int number) throws InterruptedException {
    Program worker = workers.get(number);
    if (worker != null) {
      worker.kill();
      workers.set(number, null);
    }
  }

  /** Runs a command on the store to its end; the exit code. */
  int run(String command, String... options) throws IOException, InterruptedException {
    try (Program program = start(command, options)) {
      int exit = program.exit(COMMAND_LIMIT);
      remember(program);
      return exit;
    }
  }

  Program start(String command, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command, "--db-url", settings.dbUrl()));
    arguments.addAll(List.of(options));
    return Program.whimbrel(settings.folder(), environment, arguments);
  }

  void remember(Program program) {
    lastOutput = program.output();
  }

  /** What the last command said. */
  String lastOutput() {
    return lastOutput;
  }

  /** Ends workers that are still there. */
  void dismissWorkers() throws InterruptedException {
    for (int i = 0; i < WORKERS; i++) {
      killWorker(i);
    }
  }

  @Override
  public void close() {
    for (Program worker : workers) {
      if (worker != null) {
        worker.close();
      }
    }
  }
}
