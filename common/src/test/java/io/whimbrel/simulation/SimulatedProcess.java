// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import java.util.ArrayList;
import java.util.List;

/** A process with its threads: they freeze and die together. */
final class SimulatedProcess {

  final String name;
  final int host;
  final long id;
  final boolean isCoordinator;
  final List<Actor> threads = new ArrayList<>();
  private long frozenUntil;
  private boolean dead;

  SimulatedProcess(String name, int host, long id, boolean isCoordinator) {
    this.name = name;
    this.host = host;
    this.id = id;
    this.isCoordinator = isCoordinator;
  }

  void freezeUntil(long millis) {
    frozenUntil = millis;
  }

  long frozenUntil() {
    return frozenUntil;
  }

  /** Dies at once, whatever it was doing. */
  void crash() {
    dead = true;
    threads.clear();
  }

  /** Whether the operating system still knows it. */
  boolean lives() {
    return !dead;
  }

  void endWhenDone() {
    threads.removeIf(Actor::hasEnded);
    dead |= threads.isEmpty();
  }
}
