// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class BacklogTrendTest {

  private static final long SECOND = 1_000_000_000L;

  private final BacklogTrend trend = new BacklogTrend();

  @Test
  void observe_saysBothRates_whenChangesComeFasterThanTheyGo() {
    Optional<String> said = Optional.empty();
    for (int round = 0; round < 5; round++) {
      said = trend.observe(round * SECOND, 5_000 + round * 1_000L, 4_000);
      assertThat(said.isPresent()).isEqualTo(round == 4);
    }
    assertThat(said.orElseThrow()).contains("5,000 changes/s come, 4,000/s go", "9,000 wait");
  }

  @Test
  void observe_saysNothing_whenTheBacklogShrinks() {
    for (int round = 0; round < 20; round++) {
      assertThat(trend.observe(round * SECOND, 50_000 - round * 1_000L, 4_000)).isEmpty();
    }
  }

  @Test
  void observe_saysNothing_whenFewChangesWait() {
    for (int round = 0; round < 20; round++) {
      assertThat(trend.observe(round * SECOND, 900, 900)).isEmpty();
    }
  }
}
