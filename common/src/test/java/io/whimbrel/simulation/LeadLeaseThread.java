// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Renews a coordinator's lease for as long as its main thread runs. */
final class LeadLeaseThread extends Actor {

  LeadLeaseThread(World world, SimulatedProcess process) {
    super(world, process, process.name + "/lease");
    begin(this::renewLater);
  }

  private Step renewLater() {
    if (isAlone()) {
      return this::leave;
    }
    sleep(LeaderThread.TERM.toMillis() / 4);
    return this::renew;
  }

  private boolean isAlone() {
    return process.threads.stream().allMatch(thread -> thread == this || thread.hasEnded());
  }

  private Step renew() throws SQLException {
    boolean unused =
        world.write(
            Deed.of(Deed.Kind.LEASE, name),
            connection -> world.workers().renew(connection, process.name, LeaderThread.TERM));
    return this::renewLater;
  }

  private @Nullable Step leave() throws SQLException {
    world.update(
        Deed.of(Deed.Kind.LEASE, name),
        connection -> world.workers().leave(connection, process.name));
    return null;
  }

  @Override
  Step whenFenced() {
    throw new Violation(name + " is fenced, though a lease knows no epoch");
  }

  @Override
  @Nullable Step whenRefused() {
    return isAlone() ? null : this::renewLater;
  }
}
