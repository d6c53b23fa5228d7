// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoundedCallsTest {
  private final BoundedCalls calls = new BoundedCalls("test", Duration.ofMillis(100));
  private final CountDownLatch never = new CountDownLatch(1);

  @AfterEach
  void close() {
    calls.close();
  }

  @Test
  void run_failsInTime_andInterruptsTheCall_whenItDoesNotEnd() throws Exception {
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    assertThatExceptionOfType(GridUnavailableException.class)
        .isThrownBy(() -> calls.run("stuck", Duration.ZERO, () -> awaitNever(interrupted)))
        .withMessageContaining("call=stuck");
    assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void run_keepsTheCause_whenTheCallFails() {
    assertThatExceptionOfType(GridUnavailableException.class)
        .isThrownBy(
            () ->
                calls.run(
                    "broken",
                    Duration.ZERO,
                    () -> {
                      throw new IllegalStateException("not active");
                    }))
        .withMessageContaining("not active")
        .withCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void run_failsAtOnce_whenClosed() {
    calls.close();
    assertThatExceptionOfType(GridUnavailableException.class)
        .isThrownBy(() -> calls.run("late", Duration.ofHours(1), () -> 1));
  }

  @Test
  void run_keepsTheInterrupt_whenTheCallerIsInterrupted() {
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(GridUnavailableException.class)
        .isThrownBy(
            () ->
                calls.run(
                    "interrupted",
                    Duration.ofHours(1),
                    () -> awaitNever(new CompletableFuture<>())));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void run_failsAtOnce_afterACallThatTimedOut_andWorksAgain_whenTheGridAnswers() {
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    assertThatExceptionOfType(GridUnavailableException.class)
        .isThrownBy(() -> calls.run("stuck", Duration.ZERO, () -> awaitNever(interrupted)));

    assertThatExceptionOfType(GridUnavailableException.class)
        .isThrownBy(() -> calls.run("next", Duration.ZERO, () -> 1))
        .withMessageContaining("silent");
    eventually(
        Duration.ofSeconds(10),
        () -> assertThat(calls.run("probe", Duration.ZERO, () -> 2)).isEqualTo(2));
    assertThat(calls.run("after", Duration.ZERO, () -> 3)).isEqualTo(3);
  }

  private boolean awaitNever(CompletableFuture<Boolean> interrupted) throws InterruptedException {
    try {
      never.await();
      return true;
    } catch (InterruptedException e) {
      interrupted.complete(true);
      throw e;
    }
  }
}
