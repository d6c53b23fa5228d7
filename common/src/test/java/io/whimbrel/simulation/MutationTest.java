// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.whimbrel.simulation.Simulation.Ending;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulation notices each fence that is taken away. */
@Tag("sim")
final class MutationTest {

  private static final Logger LOG = LoggerFactory.getLogger(MutationTest.class);

  @ParameterizedTest
  @EnumSource(value = Mutation.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void simulation_fails_whenAFenceIsMissing(Mutation mutation) throws SQLException {
    try (Simulation simulation = new Simulation(mutation)) {
      for (long seed = 1; seed <= SimulationTest.SEEDS_DEFAULT; seed++) {
        try {
          Ending unused = simulation.run(seed);
        } catch (Violation caught) {
          assertThat(simulation.isMutated()).as("the mutation was put to use").isTrue();
          LOG.info("{} after {} seeds: {}", mutation, seed, firstLine(caught));
          return;
        }
      }
      assertThat(simulation.isMutated()).as("the mutation was put to use").isTrue();
    }
    fail(mutation + " went unnoticed");
  }

  private static String firstLine(Violation caught) {
    Matcher line = Pattern.compile("^.*$", Pattern.MULTILINE).matcher(caught.toString());
    return line.find() ? line.group() : "";
  }
}
