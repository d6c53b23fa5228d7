// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkerControlTest {

  private static final Duration TERM = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  // Near the end of the clock's range, which wraps.
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 7);
  private final WorkerControl control = new WorkerControl(now::get, PATIENCE);

  @Test
  void claimsNothing_beforeItHasALease_andAfterItRanOut() {
    assertThat(control.mayClaim()).isFalse();

    control.leased(now.get(), TERM);
    pass(TERM.minusNanos(1));
    assertThat(control.mayClaim()).isTrue();
    pass(Duration.ofNanos(1));
    assertThat(control.mayClaim()).isFalse();
    pass(Duration.ofSeconds(5));
    assertThat(control.withoutLease()).isEqualTo(Duration.ofSeconds(5));

    control.leased(now.get(), TERM);
    assertThat(control.mayClaim()).isTrue();
    assertThat(control.withoutLease()).isZero();
  }

  @Test
  void leaseBegins_whenItWasAskedFor_notWhenTheAnswerCame() {
    long asked = now.get();
    pass(TERM);
    control.leased(asked, TERM);
    assertThat(control.mayClaim()).isFalse();
  }

  @Test
  void claimsNothing_whilePaused() {
    control.leased(now.get(), TERM);
    control.setPaused(true);
    assertThat(control.mayClaim()).isFalse();
    control.setPaused(false);
    assertThat(control.mayClaim()).isTrue();
  }

  @Test
  void isInTrouble_whenFailuresLastedLongerThanThePatience_untilSomethingGoesWell() {
    control.failed("first");
    pass(PATIENCE);
    control.failed("second");
    assertThat(control.trouble()).isEmpty();
    pass(Duration.ofNanos(1));
    control.failed("third");
    assertThat(control.trouble()).hasValue("third");

    control.wentWell();
    assertThat(control.trouble()).isEmpty();
    control.failed("anew");
    assertThat(control.trouble()).isEmpty();
  }

  @Test
  void forgetsItsTrouble_whenItIsPaused() {
    control.failed("first");
    pass(PATIENCE.plusNanos(1));
    control.failed("last");
    control.setPaused(true);
    assertThat(control.trouble()).isEmpty();
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }
}
