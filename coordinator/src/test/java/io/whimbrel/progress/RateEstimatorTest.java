// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateEstimatorTest {
  private static final long SECOND = 1_000_000_000L;
  private final RateEstimator estimator = new RateEstimator(Duration.ofSeconds(10));

  /** Any origin will do, also one whose values overflow on the way. */
  private long nanos = Long.MAX_VALUE - 3 * SECOND;

  private long done;

  @Test
  void rate_isUnknown_beforeTheSecondSample() {
    run(1, 100);

    assertThat(estimator.perSecond()).isZero();
    assertThat(estimator.eta(1000)).isNull();
  }

  @Test
  void rate_isExactFromTheFirstInterval_whenItIsSteady() {
    run(2, 100);
    assertThat(estimator.perSecond()).isCloseTo(100, within(1e-9));

    run(50, 100);
    assertThat(estimator.perSecond()).isCloseTo(100, within(1e-9));
    assertThat(estimator.eta(1_000)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void rate_isTwoThirdsOfTheWay_afterOneTimeConstant() {
    run(200, 100);
    run(10, 200);

    assertThat(estimator.perSecond()).isCloseTo(100 + 100 * (1 - Math.exp(-1)), within(0.1));
  }

  @Test
  void rate_doesNotDependOnHowOftenItIsSampled() {
    RateEstimator seldom = new RateEstimator(Duration.ofSeconds(10));
    RateEstimator often = new RateEstimator(Duration.ofSeconds(10));
    for (int i = 0; i <= 400; i++) {
      often.sample(i * SECOND / 10, i * 5L);
      if (i % 40 == 0) {
        seldom.sample(i * SECOND / 10, i * 5L);
      }
    }

    assertThat(often.perSecond()).isCloseTo(seldom.perSecond(), within(1e-6));
  }

  @Test
  void eta_growsAndThenIsUnknown_whenTheRunStandsStill() {
    run(20, 100);
    run(20, 0);
    assertThat(estimator.eta(1_000)).isGreaterThan(Duration.ofSeconds(50));

    run(1_000, 0);
    assertThat(estimator.eta(1_000)).isNull();
  }

  @Test
  void estimate_startsOver_whenTheCountGoesBack() {
    run(20, 100);
    done = 0;
    run(1, 0);
    assertThat(estimator.perSecond()).isZero();

    run(3, 7);
    assertThat(estimator.perSecond()).isCloseTo(7, within(1e-9));
  }

  @Test
  void work_isNotLost_whenNoTimePassedBetweenTwoSamples() {
    estimator.sample(0, 0);
    estimator.sample(0, 50);
    estimator.sample(SECOND, 100);

    assertThat(estimator.perSecond()).isCloseTo(100, within(1e-9));
  }

  @Test
  void eta_isZero_whenNothingRemains() {
    assertThat(estimator.eta(0)).isEqualTo(Duration.ZERO);
    assertThat(estimator.eta(-3)).isEqualTo(Duration.ZERO);
  }

  @Test
  void rejectsATimeConstantOfNothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> new RateEstimator(Duration.ZERO));
  }

  private void run(int samples, long perSecond) {
    for (int i = 0; i < samples; i++) {
      nanos += SECOND;
      done += perSecond;
      estimator.sample(nanos, done);
    }
  }
}
