// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator and its workers as processes of their own, joined over the loopback address. */
@Tag("cluster")
class ClusterIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int MEMORIES = 3_000;

  private final Path folder;

  ClusterIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void workers_shareTheWork_whenOneJoinsAndOneLeavesMidway() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    try (Cluster cluster = Cluster.start(scene, 5)) {
      CliProcess first = cluster.addWorker();
      CliProcess second = cluster.addWorker();
      String firstId = joined(first);
      joined(second);
      eventually(LIMIT, () -> assertThat(cluster.rangesDoneBy(firstId)).isPositive());
      // Paused until the third has joined: a machine may start it slower than the others copy.
      assertThat(scene.run("pause").exit()).isZero();
      assertThat(scene.store().state()).isEqualTo("COPYING");
      String thirdId = joined(cluster.addWorker());
      assertThat(scene.run("resume").exit()).isZero();
      eventually(LIMIT, () -> assertThat(cluster.rangesDoneBy(thirdId)).isPositive());

      first.stop();

      first.exitWithin(LIMIT);
      assertThat(first.err()).contains("handed back its ranges and left");
      assertThat(cluster.rangesHeldBy(firstId)).isZero();
      assertThat(
              scene
                  .store()
                  .texts(
                      "SELECT lease_until_ms FROM whimbrel_workers WHERE worker_id = '"
                          + firstId
                          + "'"))
          .containsExactly("0");
      cluster.endsWell();
      Map<String, Double> shares = shares(scene);
      assertThat(shares).hasSize(3).containsKeys(firstId, thirdId);
      assertThat(shares.values()).allMatch(share -> share > 0);
      assertThat(shares.values().stream().mapToDouble(share -> share).sum())
          .isCloseTo(1, within(1e-9));
    }
    scene.assertMigrated();
  }

  @Test
  void ranges_areDoneByOthers_whenTheirWorkerIsKilled() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    try (Cluster cluster = Cluster.start(scene, 5)) {
      CliProcess victim = cluster.addWorker();
      String victimId = joined(victim);
      eventually(LIMIT, () -> assertThat(cluster.rangesDoneBy(victimId)).isPositive());
      stopWhileItHoldsARange(cluster, victim, victimId);
      List<String> held = cluster.heldBy(victimId);
      victim.kill();
      victim.exitWithin(LIMIT);
      assertThat(held).isNotEmpty();

      String otherId = joined(cluster.addWorker());

      cluster.endsWell();
      assertThat(
              scene
                  .store()
                  .texts(
                      "SELECT DISTINCT worker_id FROM whimbrel_ranges WHERE state = 'DONE' AND"
                          + " attempt > 1 AND range_id IN ("
                          + String.join(", ", held)
                          + ")"))
          .containsExactly(otherId);
    }
    scene.assertMigrated();
  }

  // Between two ranges it holds none: then it may go on a little.
  private static void stopWhileItHoldsARange(Cluster cluster, CliProcess worker, String id)
      throws Exception {
    for (int i = 0; i < 1_000; i++) {
      worker.signal("STOP");
      // What it sent before may still be on its way to being committed.
      cluster.awaitIdleBackends();
      if (cluster.rangesHeldBy(id) > 0) {
        return;
      }
      worker.signal("CONT");
    }
    throw new AssertionError("the worker was never seen holding a range");
  }

  private static String joined(CliProcess worker) {
    eventually(LIMIT, () -> assertThat(worker.err()).contains(" joined migration "));
    String line =
        worker
            .err()
            .lines()
            .filter(l -> l.contains(" joined migration "))
            .findFirst()
            .orElseThrow();
    return line.replaceAll(".*worker (\\S+) joined.*", "$1");
  }

  private static Map<String, Double> shares(DemoScene scene) throws Exception {
    Map<String, Double> shares = new TreeMap<>();
    for (JsonNode worker : ReportFiles.newestIn(scene.reports()).json().at("/workers")) {
      shares.put(worker.get("id").asText(), worker.get("share").asDouble());
    }
    return shares;
  }

  /** The coordinator's process and its workers'. */
  private record Cluster(
      DemoScene scene, String address, CliProcess coordinator, List<CliProcess> workers)
      implements AutoCloseable {

    static Cluster start(DemoScene scene, int batchSize) throws Exception {
      String address;
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        address = "127.0.0.1:" + free.getLocalPort();
      }
      CliProcess coordinator =
          CliProcess.start(
              scene.folder(),
              scene.migrateArguments(
                  "--workers",
                  "0",
                  "--bind",
                  address,
                  "--batch-size",
                  Integer.toString(batchSize)));
      Cluster cluster = new Cluster(scene, address, coordinator, new ArrayList<>());
      eventually(LIMIT, () -> assertThat(scene.store().state()).isEqualTo("COPYING"));
      return cluster;
    }

    CliProcess addWorker() throws Exception {
      CliProcess worker =
          CliProcess.start(
              scene.folder(),
              "worker",
              "--db-url",
              scene.store().url(),
              "--coordinator",
              address,
              "--threads",
              "1");
      workers.add(worker);
      return worker;
    }

    long rangesDoneBy(String workerId) {
      try {
        return scene
            .store()
            .number(
                "SELECT count(*) FROM whimbrel_ranges WHERE state = 'DONE' AND worker_id = '"
                    + workerId
                    + "'");
      } catch (java.sql.SQLException e) {
        throw new AssertionError(e);
      }
    }

    List<String> heldBy(String workerId) throws Exception {
      return scene
          .store()
          .texts(
              "SELECT range_id FROM whimbrel_ranges WHERE state = 'CLAIMED' AND worker_id = '"
                  + workerId
                  + "'");
    }

    long rangesHeldBy(String workerId) throws Exception {
      return heldBy(workerId).size();
    }

    /** Waits until no server process runs a statement of ours. */
    void awaitIdleBackends() {
      eventually(
          LIMIT,
          () -> {
            try {
              assertThat(
                      scene
                          .store()
                          .number(
                              "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND"
                                  + " datname = current_database() AND pid <> pg_backend_pid()"))
                  .isZero();
            } catch (java.sql.SQLException e) {
              throw new AssertionError(e);
            }
          });
    }

    /** Waits for the coordinator's end and for that of every worker that is still there. */
    void endsWell() throws Exception {
      assertThat(coordinator.exitWithin(Duration.ofMinutes(3)))
          .as(coordinator.out() + coordinator.err())
          .isZero();
      List<CliProcess> there = workers.stream().filter(CliProcess::isAlive).toList();
      for (CliProcess worker : there) {
        assertThat(worker.exitWithin(LIMIT)).as(worker.err()).isZero();
      }
    }

    @Override
    public void close() {
      workers.forEach(CliProcess::close);
      coordinator.close();
    }
  }
}
