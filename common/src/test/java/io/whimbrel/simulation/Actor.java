// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.ledger.FencedException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a process, as a chain of steps. A step does one transaction or one call of the grid
 * and says what comes next; what a thread remembers between its steps is in that next step.
 */
abstract class Actor {

  /** One step; the next one, or null when the thread ends. */
  interface Step {
    @Nullable Step run() throws SQLException;
  }

  final World world;
  final SimulatedProcess process;
  final String name;
  private @Nullable Step next;
  private long sleepsUntil;
  private boolean connectionLost;

  Actor(World world, SimulatedProcess process, String name) {
    this.world = world;
    this.process = process;
    this.name = name;
    process.threads.add(this);
  }

  final void begin(Step first) {
    next = first;
  }

  final void act() {
    Step step = next;
    if (step == null) {
      return;
    }
    try {
      if (connectionLost) {
        connectionLost = false;
        throw new SimulatedOutage("the connection was lost meanwhile");
      }
      next = step.run();
    } catch (FencedException e) {
      world.say(() -> name + " is fenced: " + e.getMessage());
      next = whenFenced();
    } catch (SQLException e) {
      world.say(() -> name + " gets an error: " + e.getMessage());
      next = whenRefused();
    }
  }

  /** What follows a write that the ledger refused. */
  abstract @Nullable Step whenFenced();

  /** What follows a transaction without an answer. */
  abstract @Nullable Step whenRefused();

  final boolean hasEnded() {
    return next == null;
  }

  final void sleep(long millis) {
    sleepsUntil = Math.max(sleepsUntil, world.now() + millis);
  }

  /** Its next step fails, as after a freeze that outlasted the connection. */
  final void loseConnection() {
    connectionLost = true;
  }

  /** When this thread can act again. */
  final long wakesAt() {
    return Math.max(sleepsUntil, process.frozenUntil());
  }
}
