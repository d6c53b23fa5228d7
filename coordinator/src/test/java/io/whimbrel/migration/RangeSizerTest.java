// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RangeSizerTest {

  private final RangeSizer sizer = new RangeSizer(400);

  @Test
  void size_isTheFirst_untilARangeIsCommitted() {
    sizer.observe(0, 50, 0);
    assertThat(sizer.size()).isEqualTo(RangeSizer.FIRST);
  }

  @Test
  void size_growsFourfoldAtMost_whenRangesAreQuick() {
    sizer.observe(100, 1, 1_000);
    assertThat(sizer.size()).isEqualTo(400);
    sizer.observe(400, 1, 1_000);
    assertThat(sizer.size()).isEqualTo(1_600);
  }

  @Test
  void size_isHalvedAtMost_whenARangeIsSlow() {
    sizer.observe(100, 60_000, 1_000);
    assertThat(sizer.size()).isEqualTo(50);
  }

  @Test
  void size_settlesAtTheTargetTime() {
    observeOften(1_000, 200, 100);
    assertThat(sizer.size()).isEqualTo(2_000);
    observeOften(2_000, 1_600, 100);
    assertThat(sizer.size()).isEqualTo(500);
  }

  @Test
  void size_staysBelowWhatIsSplit_whenMemoriesAreLarge() {
    observeOften(1_000, 10, 100_000);
    assertThat(sizer.size()).isEqualTo((12 << 20) / 100_000);
  }

  @Test
  void size_staysWithinItsBounds() {
    observeOften(20_000, 1, 1);
    assertThat(sizer.size()).isEqualTo(RangeSizer.MAX);
    observeOften(1, 60_000, 1);
    assertThat(sizer.size()).isEqualTo(RangeSizer.MIN);
  }

  @Test
  void tick_followsTheRangesTime_withinItsBounds() {
    assertThat(sizer.tickMillis()).isEqualTo(5);
    sizer.observe(100, 160, 1_000);
    assertThat(sizer.tickMillis()).isEqualTo(20);
    sizer.observe(100, 10_000, 1_000);
    assertThat(sizer.tickMillis()).isEqualTo(50);
  }

  private void observeOften(long memories, long millis, long bytesPerMemory) {
    for (int i = 0; i < 12; i++) {
      sizer.observe(memories, millis, bytesPerMemory);
    }
  }
}
