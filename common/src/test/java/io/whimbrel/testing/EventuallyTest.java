// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.testing;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventuallyTest {
  @Test
  void eventually_returns_whenTheAssertionPassesInTheEnd() {
    AtomicInteger tries = new AtomicInteger();
    eventually(Duration.ofSeconds(5), () -> assertThat(tries.incrementAndGet()).isEqualTo(3));
    assertThat(tries).hasValue(3);
  }

  @Test
  void eventually_failsWithTheLastReason_whenTheLimitIsReached() {
    assertThatThrownBy(
            () -> eventually(Duration.ofMillis(50), () -> assertThat(1).as("reason").isEqualTo(2)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("reason");
    assertThatThrownBy(() -> eventually(Duration.ZERO, () -> false))
        .isInstanceOf(AssertionError.class);
  }
}
