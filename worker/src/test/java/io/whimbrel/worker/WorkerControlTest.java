// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkerControlTest {

  private static final Duration RANGE = Duration.ofMillis(400);

  private final AtomicLong now = new AtomicLong();
  private final WorkerHealth health = new WorkerHealth(now::get, Duration.ofMinutes(1));
  private final WorkerControl control = new WorkerControl(health);

  @BeforeEach
  void lease() {
    health.leased(now.get(), Duration.ofSeconds(30));
  }

  @Test
  void allThreadsClaim_atFullSpeed() {
    assertThat(claiming(8)).isEqualTo(8);
    assertThat(control.restAfter(RANGE, 8)).isZero();
  }

  @Test
  void halfTheThreadsClaim_atHalfSpeed() {
    control.setPacePercent(50);
    assertThat(claiming(8)).isEqualTo(4);
    assertThat(control.restAfter(RANGE, 8)).isZero();
  }

  @Test
  void oneThreadClaimsAndRests_whenThatIsStillTooMuch() {
    control.setPacePercent(10);
    assertThat(claiming(2)).isEqualTo(1);
    assertThat(control.restAfter(RANGE, 2)).isEqualTo(Duration.ofMillis(1_600));
  }

  @Test
  void noThreadClaims_whenPaused() {
    control.setPaused(true);
    assertThat(claiming(4)).isZero();
  }

  @Test
  void noThreadClaims_whenTheLeaseHasRunOut_untilItIsRenewed() {
    now.addAndGet(Duration.ofSeconds(30).toNanos());
    assertThat(claiming(4)).isZero();
    lease();
    assertThat(claiming(4)).isEqualTo(4);
  }

  @Test
  void trouble_isForgotten_whenPaused() {
    health.failed("first");
    now.addAndGet(Duration.ofMinutes(2).toNanos());
    health.failed("last");
    assertThat(health.trouble()).hasValue("last");
    control.setPaused(true);
    assertThat(health.trouble()).isEmpty();
  }

  private long claiming(int threads) {
    return IntStream.range(0, threads).filter(i -> control.mayClaim(i, threads)).count();
  }
}
