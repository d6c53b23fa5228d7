// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.ledger.MigrationState;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a seed makes its run suffer. Each run has its own mixture, so that some are calm enough to
 * get far and others are not.
 *
 * @param refused share of transactions that fail
 * @param unanswered share of transactions that commit without their answer arriving
 * @param freeze chance at each step that a process or thread freezes
 * @param crash chance at each step that a process dies
 * @param grid how much the grid loses, repeats and mixes up
 * @param rival chance at each step that one more coordinator is started
 * @param person chance at each step that a person pauses or resumes
 * @param cancelIn the state in which a person asks for everything to be undone; often none
 * @param packMillis most time between reading a range and committing it
 * @param stormSteps steps until no new trouble begins
 */
record Weather(
    double refused,
    double unanswered,
    double freeze,
    double crash,
    double grid,
    double rival,
    double person,
    @Nullable MigrationState cancelIn,
    int stormSteps,
    int packMillis,
    int memories,
    int rangeSize,
    int workers,
    int threads,
    int writers,
    int migrations) {

  private static final List<MigrationState> CANCELLED_IN =
      List.of(
          MigrationState.SNAPSHOT,
          MigrationState.COPYING,
          MigrationState.COPYING,
          MigrationState.CATCHING_UP,
          MigrationState.VERIFYING,
          MigrationState.CUTTING_OVER,
          MigrationState.CUTTING_OVER);

  static Weather of(RandomGenerator random) {
    return new Weather(
        some(random, 0.15),
        some(random, 0.15),
        some(random, 0.08),
        some(random, 0.01),
        some(random, 0.4),
        some(random, 0.02),
        some(random, 0.01),
        random.nextInt(3) == 0 ? CANCELLED_IN.get(random.nextInt(CANCELLED_IN.size())) : null,
        100 + random.nextInt(350),
        (int) some(random, 1_500),
        random.nextInt(25),
        1 + random.nextInt(5),
        1 + random.nextInt(3),
        1 + random.nextInt(2),
        random.nextInt(4),
        1 + random.nextInt(2));
  }

  private static double some(RandomGenerator random, double most) {
    return random.nextInt(3) == 0 ? 0 : random.nextDouble() * most;
  }
}
