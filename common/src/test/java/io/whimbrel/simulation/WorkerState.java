// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import java.util.HashSet;
import java.util.Set;

/** What the threads of one worker share. */
final class WorkerState {

  private final SimulatedProcess process;
  private final long migrationId;
  private final Set<Long> currentRanges = new HashSet<>();
  private boolean stopping;
  private boolean paused;

  WorkerState(SimulatedProcess process, long migrationId) {
    this.process = process;
    this.migrationId = migrationId;
  }

  SimulatedProcess process() {
    return process;
  }

  String id() {
    return process.name;
  }

  long migrationId() {
    return migrationId;
  }

  Set<Long> currentRanges() {
    return currentRanges;
  }

  boolean isStopping() {
    return stopping;
  }

  void stop() {
    stopping = true;
  }

  boolean isPaused() {
    return paused;
  }

  void setPaused(boolean paused) {
    this.paused = paused;
  }
}
