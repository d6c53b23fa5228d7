// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that freeze, or are cut off from the grid or from the database, as processes. */
@Tag("cluster")
class WorkerFaultsIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final List<String> SHORT_LEASE = List.of("-Dwhimbrel.lease.worker.millis=3000");

  private final Path folder;

  WorkerFaultsIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void workerFrozenInsideCopy_losesItsLocksWithItsLease_andIsFencedWhenItWakesUp()
      throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, 3_000);
    try (StandbyCluster cluster = new StandbyCluster(scene, SHORT_LEASE)) {
      CliProcess leader = cluster.startLeader();
      String http = StandbyCluster.freeAddress();
      CliProcess frozen = cluster.startWorker("--http", http);
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isGreaterThan(5));
      freezeInsideCopy(scene, frozen);
      assertThat(inCopy(scene)).isEqualTo(1);
      String held = onlyClaim(scene);

      CliProcess other = cluster.startWorker();

      eventually(LIMIT, () -> assertThat(inCopyFor(scene, "3 seconds")).isZero());
      eventually(LIMIT, () -> assertThat(attempts(scene, held)).isEqualTo(2));
      // Held at the end of the copy, so that the frozen one finds the migration when it wakes up.
      assertThat(scene.run("pause").exit()).isZero();
      frozen.signal("CONT");
      eventually(
          LIMIT,
          () ->
              assertThat(frozen.err())
                  .contains("late commit refused, its work is thrown away: range=" + held));
      assertThat(metric(http, "whimbrel_commits_total{outcome=\"fenced\""))
          .contains("whimbrel_commits_total{outcome=\"fenced\"")
          .doesNotContain("} 0.0");
      assertThat(scene.run("resume").exit()).isZero();

      assertThat(leader.exitWithin(LIMIT)).as(leader.err()).isZero();
      assertThat(leader.err()).contains("lease ran out: range=" + held + " attempt=1");
      assertThat(frozen.exitWithin(LIMIT)).as(frozen.err()).isZero();
      assertThat(other.exitWithin(LIMIT)).as(other.err()).isZero();
    }
    scene.assertMigrated();
  }

  @Test
  void rangesOfAWorkerCutOffFromTheDatabase_areDoneByOthers_andItComesBack() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, 6_000);
    PostgresTestStore store = (PostgresTestStore) scene.store();
    try (StandbyCluster cluster = new StandbyCluster(scene, SHORT_LEASE);
        Bridge bridge = new Bridge(store.database().url().port())) {
      CliProcess leader = cluster.startLeader();
      CliProcess far =
          cluster.startWorkerOn(
              store.url().replace(":" + store.database().url().port(), ":" + bridge.port()));
      String farId = joined(far);
      eventually(LIMIT, () -> assertThat(doneBy(scene, farId)).isPositive());

      bridge.cut();
      String nearId = joined(cluster.startWorker());
      eventually(LIMIT, () -> assertThat(doneBy(scene, nearId)).isPositive());
      eventually(LIMIT, () -> assertThat(heldBy(scene, farId)).isZero());
      long before = doneBy(scene, farId);
      bridge.mend();

      eventually(LIMIT, () -> assertThat(doneBy(scene, farId)).isGreaterThan(before));
      assertThat(leader.exitWithin(LIMIT)).as(leader.err()).isZero();
      assertThat(far.exitWithin(LIMIT)).as(far.err()).isZero();
      assertThat(far.err()).contains("cause=CONNECTION");
    }
    scene.assertMigrated();
  }

  @Test
  void workerCutOffFromTheGrid_goesOnFromTheLedger_andComesBack() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, 6_000);
    try (StandbyCluster cluster = new StandbyCluster(scene, SHORT_LEASE);
        Bridge bridge = new Bridge(cluster.firstPort())) {
      CliProcess leader = cluster.startLeader();
      CliProcess far = cluster.startWorkerBy("127.0.0.1:" + bridge.port());
      String farId = joined(far);
      eventually(LIMIT, () -> assertThat(doneBy(scene, farId)).isPositive());

      bridge.cut();
      eventually(LIMIT, () -> assertThat(far.err()).contains("grid lost"));
      long before = doneBy(scene, farId);
      // The coordinator goes on planning, and the worker claims what the ledger has.
      eventually(LIMIT, () -> assertThat(doneBy(scene, farId)).isGreaterThan(before + 20));
      bridge.mend();

      assertThat(leader.exitWithin(LIMIT)).as(leader.err()).isZero();
      assertThat(far.exitWithin(LIMIT)).as(far.err()).isZero();
      assertThat(leader.err()).as("its lease never ran out").doesNotContain("lease ran out");
    }
    scene.assertMigrated();
  }

  @Test
  void workersGoOn_whenTheWholeGridIsLost_andFollowTheCoordinatorStartedAgain() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, 6_000);
    try (StandbyCluster cluster = new StandbyCluster(scene, SHORT_LEASE)) {
      CliProcess leader = cluster.startLeader();
      CliProcess worker = cluster.startWorker();
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isGreaterThan(20));

      leader.kill();
      leader.exitWithin(LIMIT);
      eventually(LIMIT, () -> assertThat(worker.err()).contains("grid lost"));
      // Without a grid it claims from the ledger what was planned; nobody plans more.
      eventually(
          LIMIT,
          () ->
              assertThat(
                      number(
                          scene,
                          "SELECT count(*) FROM whimbrel_ranges WHERE state IN ('PENDING',"
                              + " 'CLAIMED')"))
                  .isZero());
      assertThat(scene.store().state()).isEqualTo("COPYING");

      CliProcess again = cluster.startCoordinator(0);

      assertThat(again.exitWithin(LIMIT)).as(again.err()).isZero();
      assertThat(worker.exitWithin(LIMIT)).as(worker.err()).isZero();
    }
    scene.assertMigrated();
    assertThat(scene.store().number("SELECT count(DISTINCT worker_id) FROM whimbrel_ranges"))
        .isEqualTo(1);
  }

  // Its COPY waits for a lock; frozen then, it does not see that the server now waits for its rows.
  private static void freezeInsideCopy(DemoScene scene, CliProcess worker) throws Exception {
    try (Connection other = scene.store().connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE memory_segments IN SHARE MODE");
      eventually(
          LIMIT,
          () ->
              assertThat(
                      number(
                          scene,
                          "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation ="
                              + " 'memory_segments'::regclass"))
                  .isPositive());
      worker.signal("STOP");
      other.rollback();
    }
    eventually(LIMIT, () -> assertThat(inCopy(scene)).isPositive());
  }

  private static long inCopy(DemoScene scene) {
    return inCopyFor(scene, "0 seconds");
  }

  private static long inCopyFor(DemoScene scene, String time) {
    return number(
        scene,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE"
            + " 'COPY %FROM STDIN%' AND state = 'active' AND wait_event = 'ClientRead' AND"
            + " query_start < now() - interval '"
            + time
            + "'");
  }

  private static String onlyClaim(DemoScene scene) throws SQLException {
    List<String> claims =
        scene.store().texts("SELECT range_id FROM whimbrel_ranges WHERE state = 'CLAIMED'");
    assertThat(claims).hasSize(1);
    return claims.get(0);
  }

  private static long attempts(DemoScene scene, String rangeId) {
    return number(
        scene,
        "SELECT attempt FROM whimbrel_ranges WHERE state = 'DONE' AND range_id = "
            + rangeId
            + " UNION ALL SELECT 0 LIMIT 1");
  }

  private static String metric(String http, String name) throws Exception {
    String page =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://" + http + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return page.lines().filter(line -> line.startsWith(name)).findFirst().orElse("no " + name);
  }

  private static String joined(CliProcess worker) {
    eventually(LIMIT, () -> assertThat(worker.err()).contains(" joined migration "));
    return worker
        .err()
        .lines()
        .filter(line -> line.contains(" joined migration "))
        .findFirst()
        .orElseThrow()
        .replaceAll(".*worker (\\S+) joined.*", "$1");
  }

  private static long doneBy(DemoScene scene, String workerId) {
    return count(scene, workerId, "DONE");
  }

  private static long heldBy(DemoScene scene, String workerId) {
    return count(scene, workerId, "CLAIMED");
  }

  private static long count(DemoScene scene, String workerId, String state) {
    return number(
        scene,
        "SELECT count(*) FROM whimbrel_ranges WHERE state = '"
            + state
            + "' AND worker_id = '"
            + workerId
            + "'");
  }

  private static long number(DemoScene scene, String query) {
    try {
      return scene.store().number(query);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
