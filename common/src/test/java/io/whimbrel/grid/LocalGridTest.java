// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LocalGridTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  private final LocalGrid grid = new LocalGrid(2);

  @Test
  void pollHint_returnsHintsInOrderOnce() {
    assertThat(grid.offerHint(5, SHORT)).isTrue();
    assertThat(grid.offerHint(3, SHORT)).isTrue();
    assertThat(grid.pollHint(SHORT)).hasValue(5);
    assertThat(grid.pollHint(SHORT)).hasValue(3);
    assertThat(grid.pollHint(SHORT)).isEmpty();
  }

  @Test
  void offerHint_isRefused_whenQueueStaysFull() {
    grid.offerHint(1, SHORT);
    grid.offerHint(2, SHORT);
    assertThat(grid.offerHint(3, SHORT)).isFalse();
    assertThat(grid.queuedHints()).isEqualTo(2);
    grid.clearHints();
    assertThat(grid.queuedHints()).isZero();
    assertThat(grid.offerHint(3, SHORT)).isTrue();
  }

  @Test
  void pollHint_wakesUp_whenAHintArrives() throws Exception {
    CompletableFuture<OptionalLong> polled =
        CompletableFuture.supplyAsync(() -> grid.pollHint(Duration.ofSeconds(30)));
    grid.offerHint(9, SHORT);
    assertThat(polled.get(10, TimeUnit.SECONDS)).hasValue(9);
  }

  @Test
  void stats_holdOneEntryAWorker_orderedById() {
    grid.publishStats(GridSamples.stats("b"));
    grid.publishStats(GridSamples.stats("a"));
    grid.publishStats(GridSamples.stats("b"));
    assertThat(grid.stats()).containsExactly(GridSamples.stats("a"), GridSamples.stats("b"));
    grid.removeStats("a");
    assertThat(grid.stats()).containsExactly(GridSamples.stats("b"));
  }

  @Test
  void control_isTheLastPublished() {
    assertThat(grid.control()).isEmpty();
    grid.publishControl(GridSamples.control(1));
    grid.publishControl(GridSamples.control(2));
    assertThat(grid.control()).hasValue(GridSamples.control(2));
  }

  @Test
  void calls_fail_whenClosed() {
    grid.close();
    grid.close();
    assertThatExceptionOfType(GridUnavailableException.class)
        .isThrownBy(() -> grid.pollHint(SHORT));
    assertThatExceptionOfType(GridUnavailableException.class).isThrownBy(grid::stats);
  }

  @Test
  void pollHint_keepsTheInterrupt_whenInterrupted() {
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(GridUnavailableException.class)
        .isThrownBy(() -> grid.pollHint(Duration.ofSeconds(30)));
    assertThat(Thread.interrupted()).isTrue();
  }
}
