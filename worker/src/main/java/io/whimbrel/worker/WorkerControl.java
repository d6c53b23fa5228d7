// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the threads of a worker are told, to stop or to claim nothing for now, and what they say of
 * trouble that keeps all of them from working. Thread-safe.
 */
final class WorkerControl {

  private record Complaint(long sinceNanos, long lastNanos, String what) {}

  private final LongSupplier nanoTime;
  private final Duration patience;
  private volatile boolean stopping;
  private volatile boolean paused;
  private volatile long leaseUntilNanos;
  private @Nullable Complaint complaint;

  WorkerControl(LongSupplier nanoTime, Duration patience) {
    this.nanoTime = nanoTime;
    this.patience = patience;
    this.leaseUntilNanos = nanoTime.getAsLong();
  }

  void stop() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  void setPaused(boolean now) {
    paused = now;
    if (now) {
      // Whoever resumes has mended something: it is to be found out anew.
      wentWell();
    }
  }

  /** Asked to claim nothing, or without a lease, so that what is claimed would be taken away. */
  boolean mayClaim() {
    return !paused && leaseUntilNanos - nanoTime.getAsLong() > 0;
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
