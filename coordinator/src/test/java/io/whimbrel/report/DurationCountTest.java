// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DurationCountTest {

  @Test
  void durations_fallBetweenBoundsThatDouble_withoutEmptyOnesBefore() {
    assertThat(DurationCount.of(List.of(26L, 50L, 51L, 300L)))
        .containsExactly(
            new DurationCount(25, 50, 2),
            new DurationCount(50, 100, 1),
            new DurationCount(100, 200, 0),
            new DurationCount(200, 400, 1));
  }

  @Test
  void nothing_isNothing_andZeroIsCounted() {
    assertThat(DurationCount.of(List.of())).isEmpty();
    assertThat(DurationCount.of(List.of(0L))).containsExactly(new DurationCount(0, 25, 1));
  }
}
