// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

/** What the threads of a worker are told: to stop, or to claim nothing for now. */
final class WorkerControl {

  private volatile boolean stopping;
  private volatile boolean paused;

  void stop() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  void setPaused(boolean now) {
    paused = now;
  }

  boolean isPaused() {
    return paused;
  }
}
