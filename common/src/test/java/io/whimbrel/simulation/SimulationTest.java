// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.ledger.MigrationState;
import io.whimbrel.simulation.Simulation.Ending;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The protocol under many seeds: {@code -Dwhimbrel.simulation.seeds=N} runs the first N, {@code
 * -Dwhimbrel.simulation.seed=S} only one, and writes its steps to the log.
 */
@Tag("sim")
final class SimulationTest {

  private static final Logger LOG = LoggerFactory.getLogger(SimulationTest.class);
  static final int SEEDS_DEFAULT = 1_000;
  private static final int SEEDS = Integer.getInteger("whimbrel.simulation.seeds", SEEDS_DEFAULT);

  @Test
  void protocol_keepsItsInvariants_whateverTheSeed() throws SQLException {
    Long only = Long.getLong("whimbrel.simulation.seed");
    Map<MigrationState, Integer> endings = new EnumMap<>(MigrationState.class);
    long steps = 0;
    try (Simulation simulation = new Simulation(Mutation.NONE)) {
      for (long seed :
          only == null ? LongStream.rangeClosed(1, SEEDS).toArray() : new long[] {only}) {
        Ending ending = only == null ? simulation.run(seed) : simulation.replay(seed);
        endings.merge(ending.state(), 1, Integer::sum);
        steps += ending.steps();
        ending.trace().forEach(LOG::info);
      }
    }
    LOG.info("endings={} steps={}", endings, steps);
    if (only == null && SEEDS >= SEEDS_DEFAULT) {
      assertThat(endings)
          .containsOnlyKeys(MigrationState.COMPLETED, MigrationState.ROLLED_BACK)
          .allSatisfy((state, runs) -> assertThat(runs).isGreaterThan(SEEDS / 20));
    }
  }

  @Test
  void seed_takesTheSameSteps_whenItIsReplayed() throws SQLException {
    try (Simulation one = new Simulation(Mutation.NONE);
        Simulation other = new Simulation(Mutation.NONE)) {
      for (long seed = 1; seed <= 20; seed++) {
        List<String> trace = one.replay(seed).trace();
        // The other database has run something else before.
        Ending unused = other.run(1_000 + seed);
        assertThat(other.replay(seed).trace()).hasSizeGreaterThan(20).isEqualTo(trace);
      }
    }
  }
}
