// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Runs one migration and kills its processes meanwhile, by chance or in a chosen state, and starts
 * them again: the same command goes on. On PostgreSQL two worker processes help.
 */
final class Spree {

  private static final Duration STEP_LIMIT = Duration.ofMinutes(20);
  private static final List<String> AIMED_AT =
      List.of("COPYING", "CATCHING_UP", "VERIFYING", "CUTTING_OVER");

  private final Cluster cluster;
  private final StateWatch watch;
  private final Random random;
  private final List<String> killed = new ArrayList<>();

  Spree(Cluster cluster, StateWatch watch, long seed) {
    this.cluster = cluster;
    this.watch = watch;
    this.random = new Random(seed);
  }

  /**
   * @param kills how many processes at most; fewer when the migration ends before
   * @return the last command's exit code
   */
  int run(int kills) throws IOException, InterruptedException {
    Program coordinator = cluster.startCoordinator();
    for (int i = 0; i < Cluster.WORKERS; i++) {
      cluster.keepWorker(i);
    }
    for (int kill = 0; kill < kills; kill++) {
      boolean aimed = kill % 2 == 1;
      if (aimed) {
        awaitChosenState(coordinator);
      }
      Duration delay = Duration.ofMillis(random.nextInt(aimed ? 400 : 4_000));
      if (coordinator.endsWithin(delay)) {
        break;
      }
      if (aimed || !cluster.hasWorkers() || random.nextInt(3) == 0) {
        killed.add("coordinator in " + watch.state());
        coordinator.kill();
        coordinator = cluster.startCoordinator();
      } else {
        killed.add("worker in " + watch.state());
        cluster.killWorker(random.nextInt(Cluster.WORKERS));
      }
      for (int i = 0; i < Cluster.WORKERS; i++) {
        cluster.keepWorker(i);
      }
    }
    int exit = coordinator.exit(STEP_LIMIT);
    cluster.remember(coordinator);
    return exit;
  }

  private void awaitChosenState(Program coordinator) throws InterruptedException {
    String state = AIMED_AT.get(random.nextInt(AIMED_AT.size()));
    while (!watch.await(state, Duration.ofMillis(50)) && coordinator.isAlive()) {
      if (AIMED_AT.indexOf(watch.state()) > AIMED_AT.indexOf(state)) {
        return;
      }
    }
  }

  /** What was killed, and in which state of the migration. */
  List<String> killed() {
    return killed;
  }
}
