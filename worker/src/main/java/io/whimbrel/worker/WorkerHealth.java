// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.retry.Trouble;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a worker can work: whether its lease lasts, and what its threads say of trouble that
 * keeps all of them from working. Thread-safe.
 */
final class WorkerHealth {

  private record Complaint(long sinceNanos, long lastNanos, String what) {}

  private final LongSupplier nanoTime;
  private final Duration patience;
  private volatile long leaseUntilNanos;
  private @Nullable Complaint complaint;

  WorkerHealth(LongSupplier nanoTime, Duration patience) {
    this.nanoTime = nanoTime;
    this.patience = patience;
    this.leaseUntilNanos = nanoTime.getAsLong();
  }

  /** By the system's clock and the default patience. */
  static WorkerHealth ofNow() {
    return new WorkerHealth(System::nanoTime, Trouble.PATIENCE_DEFAULT);
  }

  /** Without a lease whatever is claimed would be taken away. */
  boolean holdsLease() {
    return leaseUntilNanos - nanoTime.getAsLong() > 0;
  }

  /**
   * The lease was renewed.
   *
   * @param askedAtNanos when the renewal was asked for: the lease begins no earlier
   */
  void leased(long askedAtNanos, Duration term) {
    leaseUntilNanos = askedAtNanos + term.toNanos();
  }

  /** How long the lease has been over; zero while it lasts. */
  Duration withoutLease() {
    return Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - leaseUntilNanos));
  }

  synchronized void failed(String what) {
    long now = nanoTime.getAsLong();
    complaint = new Complaint(complaint == null ? now : complaint.sinceNanos(), now, what);
  }

  synchronized void wentWell() {
    complaint = null;
  }

  /** What has kept every thread from working for longer than the patience. */
  synchronized Optional<String> trouble() {
    return complaint != null && complaint.lastNanos() - complaint.sinceNanos() > patience.toNanos()
        ? Optional.of(complaint.what())
        : Optional.empty();
  }
}
