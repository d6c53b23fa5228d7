// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkerHealthTest {

  private static final Duration TERM = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  // Near the end of the clock's range, which wraps.
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 7);
  private final WorkerHealth health = new WorkerHealth(now::get, PATIENCE);

  @Test
  void holdsNoLease_beforeItHasOne_andAfterItRanOut() {
    assertThat(health.holdsLease()).isFalse();

    health.leased(now.get(), TERM);
    pass(TERM.minusNanos(1));
    assertThat(health.holdsLease()).isTrue();
    pass(Duration.ofNanos(1));
    assertThat(health.holdsLease()).isFalse();
    pass(Duration.ofSeconds(5));
    assertThat(health.withoutLease()).isEqualTo(Duration.ofSeconds(5));

    health.leased(now.get(), TERM);
    assertThat(health.holdsLease()).isTrue();
    assertThat(health.withoutLease()).isZero();
  }

  @Test
  void leaseBegins_whenItWasAskedFor_notWhenTheAnswerCame() {
    long asked = now.get();
    pass(TERM);
    health.leased(asked, TERM);
    assertThat(health.holdsLease()).isFalse();
  }

  @Test
  void isInTrouble_whenFailuresLastedLongerThanThePatience_untilSomethingGoesWell() {
    health.failed("first");
    pass(PATIENCE);
    health.failed("second");
    assertThat(health.trouble()).isEmpty();
    pass(Duration.ofNanos(1));
    health.failed("third");
    assertThat(health.trouble()).hasValue("third");

    health.wentWell();
    assertThat(health.trouble()).isEmpty();
    health.failed("anew");
    assertThat(health.trouble()).isEmpty();
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }
}
