// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void turns_comeBackWithTime_andNeverBeyondTheBurst() {
    RateLimit limit = new RateLimit(2, 0.5);

    assertThat(limit.take("a", 0)).isTrue();
    assertThat(limit.take("a", 0)).isTrue();
    assertThat(limit.take("a", SECOND)).isFalse();
    assertThat(limit.take("a", 2 * SECOND)).isTrue();
    assertThat(limit.take("a", 3600 * SECOND)).isTrue();
    assertThat(limit.take("a", 3600 * SECOND)).isTrue();
    assertThat(limit.take("a", 3600 * SECOND)).isFalse();
  }

  @Test
  void callers_areForgotten_theSilentOnesFirst() {
    RateLimit limit = new RateLimit(1, 1e-9);
    assertThat(limit.take("quiet", 0)).isTrue();
    assertThat(limit.take("busy", 0)).isTrue();
    for (int i = 0; i < 5_000; i++) {
      limit.take("other-" + i, 0);
      assertThat(limit.take("busy", 0)).isFalse();
    }

    assertThat(limit.take("quiet", 0)).as("as new").isTrue();
  }

  @Test
  void clockThatStandsOrGoesBack_givesNothing() {
    RateLimit limit = new RateLimit(1, 1);
    assertThat(limit.take("a", 10 * SECOND)).isTrue();
    assertThat(limit.take("a", 5 * SECOND)).isFalse();
  }

  @Test
  void refusesLimitsThatLetNobodyThrough() {
    assertThatIllegalArgumentException().isThrownBy(() -> new RateLimit(0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new RateLimit(1, 0));
  }
}
