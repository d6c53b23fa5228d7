// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.metrics.ThrottleReason;
import io.whimbrel.store.Strain;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final List<Strain> SIGNS =
      List.of(new Strain(ThrottleReason.REPLICATION_LAG, "a replica is 12 s behind"));

  private final Pace pace = new Pace();

  @Test
  void pace_halves_whileTheDatabaseSuffers_andNeverStops() {
    pace.observe(SIGNS);
    assertThat(pace.percent()).isEqualTo(50);
    for (int i = 0; i < 20; i++) {
      pace.observe(SIGNS);
    }
    assertThat(pace.percent()).isEqualTo(5);
    assertThat(pace.reason()).isEqualTo("a replica is 12 s behind");
  }

  @Test
  void pace_comesBackByTenths_andForgetsItsReasonAtFullSpeed() {
    pace.observe(SIGNS);
    pace.observe(List.of());
    assertThat(pace.percent()).isEqualTo(60);
    assertThat(pace.reason()).isNotNull();
    for (int i = 0; i < 4; i++) {
      pace.observe(List.of());
    }
    assertThat(pace.percent()).isEqualTo(100);
    assertThat(pace.reason()).isNull();
  }
}
