// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import java.time.Duration;

/** What the threads of a worker are told: to stop, to claim nothing for now, or to go slower. */
final class WorkerControl {

  private static final Duration REST_MAX = Duration.ofSeconds(5);

  private final WorkerHealth health;
  private volatile boolean stopping;
  private volatile boolean paused;
  private volatile int pacePercent = 100;

  WorkerControl(WorkerHealth health) {
    this.health = health;
  }

  WorkerHealth health() {
    return health;
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
      health.wentWell();
    }
  }

  void setPacePercent(int percent) {
    pacePercent = percent;
  }

  /**
   * Whether a thread claims ranges now: none without a lease, fewer do when the worker is to go
   * slower, one always does.
   *
   * @param thread its number among the worker's threads, from 0
   */
  boolean mayClaim(int thread, int threads) {
    return !paused && health.holdsLease() && (thread == 0 || thread < threads * pacePercent / 100);
  }

  /** How long a thread rests after a range, when even one thread at full speed is too much. */
  Duration restAfter(Duration range, int threads) {
    int share = threads * pacePercent;
    if (share >= 100) {
      return Duration.ZERO;
    }
    Duration rest = range.multipliedBy(100 - share).dividedBy(share);
    return rest.compareTo(REST_MAX) > 0 ? REST_MAX : rest;
  }
}
