// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.retry;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Failures in a row, and how long they are borne. Each says how long to wait before the next try;
 * when they have lasted longer than the patience, somebody else has to decide. Never sleeps. Not
 * thread-safe.
 */
public final class Trouble {

  /** Enough for a restart or a fail-over; tests, which have no time, set the system property. */
  public static final Duration PATIENCE_DEFAULT =
      Duration.ofSeconds(Long.getLong("whimbrel.retry.patience-seconds", 180));

  private final Backoff backoff;
  private final Duration patience;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private int failures;
  private long firstAtNanos;
  private long lastAtNanos;

  public Trouble(
      Backoff backoff, Duration patience, LongSupplier nanoTime, RandomGenerator random) {
    this.backoff = backoff;
    this.patience = patience;
    this.nanoTime = nanoTime;
    this.random = random;
  }

  /** By the system's clock and the default patience. */
  public static Trouble of(Backoff backoff) {
    return new Trouble(backoff, PATIENCE_DEFAULT, System::nanoTime, RandomGenerator.getDefault());
  }

  /** One more failure. Returns the wait before the next try, empty when patience is at its end. */
  public Optional<Duration> failed() {
    lastAtNanos = nanoTime.getAsLong();
    if (failures == 0) {
      firstAtNanos = lastAtNanos;
    }
    failures++;
    return lastAtNanos - firstAtNanos > patience.toNanos()
        ? Optional.empty()
        : Optional.of(backoff.delayAfter(failures, random));
  }

  /** Something went well at this time: failures from before it are forgotten. */
  public void wentWellAt(long atNanos) {
    if (failures > 0 && atNanos - lastAtNanos > 0) {
      ended();
    }
  }

  /** What was tried went well, or somebody has decided. */
  public void ended() {
    failures = 0;
  }

  /** From the first failure in a row to the last. */
  public Duration lasted() {
    return failures == 0 ? Duration.ZERO : Duration.ofNanos(lastAtNanos - firstAtNanos);
  }
}
