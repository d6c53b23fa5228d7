// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TroubleTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final Trouble trouble =
      new Trouble(
          new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1), 12),
          PATIENCE,
          now::get,
          new Random(1));

  @Test
  void waitsLonger_andNeverLongerThanTheCap_whileFailuresGoOn() {
    for (int failure = 1; failure <= 20; failure++) {
      long ceiling = Math.min(1_000, 50L << Math.min(failure - 1, 20));
      assertThat(trouble.failed().orElseThrow().toMillis()).isBetween(1L, ceiling);
    }
  }

  @Test
  void isAtItsEnd_whenFailuresLastedLongerThanThePatience() {
    assertThat(trouble.failed()).isPresent();
    pass(PATIENCE);
    assertThat(trouble.failed()).isPresent();
    pass(Duration.ofMillis(1));
    assertThat(trouble.failed()).isEmpty();
    assertThat(trouble.lasted()).isEqualTo(PATIENCE.plusMillis(1));
  }

  @Test
  void startsAnew_whenSomethingWentWellInBetween() {
    trouble.failed();
    pass(PATIENCE);
    trouble.wentWellAt(now.get());
    pass(PATIENCE);
    assertThat(trouble.failed()).isPresent();
    assertThat(trouble.lasted()).isZero();
  }

  @Test
  void goesOnCounting_whenNothingWentWellSinceTheLastFailure() {
    long before = now.get() - 1;
    trouble.failed();
    pass(PATIENCE.plusMillis(1));
    trouble.wentWellAt(before);
    assertThat(trouble.failed()).isEmpty();
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }
}
