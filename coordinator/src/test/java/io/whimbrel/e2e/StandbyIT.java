// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A coordinator that leads, one that stands by, and their workers, as processes of their own. */
@Tag("cluster")
class StandbyIT {

  private static final Logger LOG = LoggerFactory.getLogger(StandbyIT.class);
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int MEMORIES = 3_000;

  /** A leader's default term is 12 s, and the standby looks twice a second. */
  private static final Duration TAKE_OVER_MAX = Duration.ofSeconds(15);

  private final Path folder;

  StandbyIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void standby_goesOn_whenTheLeaderOfAnotherHostWasKilled() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    try (StandbyCluster cluster = new StandbyCluster(scene, List.of())) {
      CliProcess leader = cluster.startLeader();
      CliProcess standby = cluster.startStandby();
      CliProcess worker = cluster.startWorker();
      eventually(LIMIT, () -> assertThat(standby.err()).contains("standing by: coordinator-"));
      assertThat(standby.err()).contains(" leads migration 1 since 2");
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isGreaterThan(20));
      // Only the lease tells of a process on another machine.
      scene
          .store()
          .execute("UPDATE whimbrel_workers SET host = 'elsewhere' WHERE role = 'COORDINATOR'");

      leader.kill();
      long killed = System.nanoTime();
      cluster.awaitEpoch(2);
      Duration silence = Duration.ofNanos(System.nanoTime() - killed);

      LOG.warn("taken over after {} ms, by the lease alone", silence.toMillis());
      assertThat(silence).isLessThan(TAKE_OVER_MAX);
      assertThat(standby.exitWithin(LIMIT)).as(standby.err()).isZero();
      assertThat(standby.err()).contains(" is silent: going on with migration 1 in state COPYING");
      assertThat(standby.out()).contains("report");
      assertThat(worker.exitWithin(LIMIT)).as(worker.err()).isZero();
    }
    scene.assertMigrated();
  }

  @EnabledIfSystemProperty(
      named = "whimbrel.faults",
      matches = "true",
      disabledReason = "takes minutes: -Dwhimbrel.faults=true runs it")
  @Test
  void standby_leavesWithTheLeadersOutcome_whenTheLeaderCompletes() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, 500);
    try (StandbyCluster cluster = new StandbyCluster(scene, List.of())) {
      // It may well be there first.
      CliProcess standby = cluster.startStandby();
      CliProcess leader = cluster.startLeader();
      cluster.startWorker();

      assertThat(leader.exitWithin(LIMIT)).as(leader.err()).isZero();
      assertThat(standby.exitWithin(LIMIT)).as(standby.err()).isZero();
      assertThat(standby.out()).contains("migration 1 is COMPLETED, led by coordinator-");
    }
    scene.assertMigrated();
    assertThat(scene.store().number("SELECT epoch FROM whimbrel_migrations")).isEqualTo(1);
  }

  @Test
  void standby_leavesWithTheLeadersOutcome_whenAPersonCancels() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, 500);
    try (StandbyCluster cluster = new StandbyCluster(scene, List.of())) {
      CliProcess leader = cluster.startLeader();
      CliProcess standby = cluster.startStandby();
      eventually(LIMIT, () -> assertThat(standby.err()).contains("standing by"));

      assertThat(scene.run("cancel").exit()).isZero();

      assertThat(leader.exitWithin(LIMIT)).as(leader.err()).isEqualTo(3);
      assertThat(standby.exitWithin(LIMIT)).as(standby.err()).isEqualTo(3);
      assertThat(standby.out()).contains("ROLLED_BACK").contains("cancelled by a person");
    }
    scene.assertStoreIsOriginal();
  }

  @EnabledIfSystemProperty(
      named = "whimbrel.faults",
      matches = "true",
      disabledReason = "takes minutes: -Dwhimbrel.faults=true runs it")
  @Test
  void oneStandbyLeads_andTheOtherFollows_whenTheLeaderDies() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    try (StandbyCluster cluster = new StandbyCluster(scene, List.of())) {
      CliProcess leader = cluster.startLeader();
      CliProcess one = cluster.startStandby();
      CliProcess other = cluster.startStandby();
      CliProcess worker = cluster.startWorker();
      eventually(LIMIT, () -> assertThat(one.err()).contains("standing by"));
      eventually(LIMIT, () -> assertThat(other.err()).contains("standing by"));
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isGreaterThan(20));

      leader.kill();

      assertThat(one.exitWithin(LIMIT)).as(one.err()).isZero();
      assertThat(other.exitWithin(LIMIT)).as(other.err()).isZero();
      assertThat(worker.exitWithin(LIMIT)).as(worker.err()).isZero();
      assertThat(List.of(one.err().contains("is silent"), other.err().contains("is silent")))
          .containsExactlyInAnyOrder(true, false);
    }
    scene.assertMigrated();
    assertThat(scene.store().number("SELECT epoch FROM whimbrel_migrations")).isEqualTo(2);
  }

  @EnabledIfSystemProperty(
      named = "whimbrel.faults",
      matches = "true",
      disabledReason = "takes minutes: -Dwhimbrel.faults=true runs it")
  @Test
  void frozenLeader_isFenced_andLeaves_whenItWakesUp() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, MEMORIES);
    try (StandbyCluster cluster =
        new StandbyCluster(scene, List.of("-Dwhimbrel.lease.leader.millis=3000"))) {
      CliProcess leader = cluster.startLeader();
      CliProcess standby = cluster.startStandby();
      CliProcess worker = cluster.startWorker();
      eventually(LIMIT, () -> assertThat(standby.err()).contains("standing by"));
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isGreaterThan(20));

      leader.signal("STOP");
      long frozen = System.nanoTime();
      cluster.awaitEpoch(2);
      LOG.warn("taken over after {} ms, term 3 s", (System.nanoTime() - frozen) / 1_000_000);
      // The worker goes on although the grid's first member is connected and silent.
      long before = scene.store().rangesDone();
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isGreaterThan(before + 10));
      leader.signal("CONT");

      assertThat(leader.exitWithin(LIMIT)).as(leader.err()).isEqualTo(3);
      assertThat(leader.out())
          .contains("has taken the lead of migration 1")
          .contains("nothing to do here");
      assertThat(standby.exitWithin(LIMIT)).as(standby.err()).isZero();
      assertThat(worker.exitWithin(LIMIT)).as(worker.err()).isZero();
    }
    scene.assertMigrated();
    assertThat(scene.store().number("SELECT count(*) FROM whimbrel_migrations")).isEqualTo(1);
  }
}
