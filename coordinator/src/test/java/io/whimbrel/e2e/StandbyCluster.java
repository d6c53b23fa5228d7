// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Up to three coordinators and any number of workers, as processes that know each other. */
final class StandbyCluster implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int COORDINATORS_MAX = 3;

  private final DemoScene scene;
  private final List<String> javaOptions;
  private final List<String> addresses = new ArrayList<>();
  private final List<CliProcess> processes = new ArrayList<>();
  private int coordinators;

  /**
   * @param javaOptions for every process
   */
  StandbyCluster(DemoScene scene, List<String> javaOptions) throws IOException {
    this.scene = scene;
    this.javaOptions = javaOptions;
    for (int i = 0; i < COORDINATORS_MAX; i++) {
      addresses.add(freeAddress());
    }
  }

  static String freeAddress() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + free.getLocalPort();
    }
  }

  /** Starts a coordinator without workers; ranges are small, so that a run takes its time. */
  CliProcess startLeader() throws IOException {
    CliProcess leader = startCoordinator(coordinators++);
    eventually(LIMIT, () -> assertThat(scene.store().state()).isEqualTo("COPYING"));
    return leader;
  }

  /** Starts one at an address that another had. */
  CliProcess startCoordinator(int at, String... more) throws IOException {
    List<String> arguments =
        scene.migrateArguments(
            "--workers",
            "0",
            "--batch-size",
            "5",
            "--bind",
            addresses.get(at),
            "--members",
            String.join(",", addresses));
    arguments.addAll(List.of(more));
    return start(arguments);
  }

  CliProcess startStandby() throws IOException {
    return startCoordinator(coordinators++, "--standby");
  }

  CliProcess startWorker(String... more) throws IOException {
    return startWorkerOn(scene.store().url(), more);
  }

  /** Starts one that reaches the store by an address of its own. */
  CliProcess startWorkerOn(String url, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("worker", "--db-url", url, "--threads", "1"));
    arguments.addAll(List.of("--coordinator", String.join(",", addresses)));
    arguments.addAll(List.of(more));
    return start(arguments);
  }

  /** Starts one that reaches the grid by an address of its own. */
  CliProcess startWorkerBy(String coordinator) throws IOException {
    return start(
        List.of(
            "worker",
            "--db-url",
            scene.store().url(),
            "--threads",
            "1",
            "--coordinator",
            coordinator));
  }

  /** The port on which the first coordinator is reached. */
  int firstPort() {
    String address = addresses.get(0);
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }

  private CliProcess start(List<String> arguments) throws IOException {
    CliProcess process = CliProcess.start(scene.folder(), javaOptions, arguments);
    processes.add(process);
    return process;
  }

  void awaitEpoch(long epoch) {
    eventually(
        LIMIT,
        () -> {
          try {
            assertThat(scene.store().number("SELECT max(epoch) FROM whimbrel_migrations"))
                .isEqualTo(epoch);
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Override
  public void close() {
    processes.forEach(CliProcess::close);
  }
}
