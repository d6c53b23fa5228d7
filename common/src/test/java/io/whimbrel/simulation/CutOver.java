// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FencedException;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.simulation.Actor.Step;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The swap: one transaction that checks, carries the last keys, and moves the state. */
final class CutOver {

  /** Changed keys that may be carried under the lock. */
  private static final int CARRIED_MAX = 3;

  private final LeaderThread leader;
  private final World world;

  CutOver(LeaderThread leader) {
    this.leader = leader;
    this.world = leader.world;
  }

  @Nullable Step begin(Migration migration) throws SQLException {
    if (world.mutation() == Mutation.SWAP_WITH_OPEN_RANGES) {
      return swap();
    }
    return new Distribution(leader, RangeKind.DELTA, migration, this::swap).tick();
  }

  private @Nullable Step swap() throws SQLException {
    world.requireStoreLock();
    boolean swapped;
    try {
      swapped = world.write(leader.deed(Deed.Kind.CUT_OVER), this::checkCarryAndMove);
    } catch (FencedException e) {
      return whenFenced(e);
    }
    return swapped ? leader::advance : leader.drain(leader::advance);
  }

  private boolean checkCarryAndMove(Connection connection) throws SQLException {
    long migrationId = leader.migrationId();
    if (world.mutation() != Mutation.SWAP_WITH_OPEN_RANGES
        && world.store().unfinishedRanges(connection, migrationId) > 0) {
      return false;
    }
    if (world.mutation() == Mutation.SWAP_WITHOUT_THE_LOG) {
      SimulatedStore.update(connection, "DELETE FROM whimbrel_changes");
    } else if (world.store().loggedKeys(connection) > CARRIED_MAX) {
      return false;
    }
    String move =
        world
            .migrations()
            .moveStatement(
                migrationId, leader.epoch(), MigrationState.CUTTING_OVER, MigrationState.COMPLETED);
    if (SimulatedStore.update(connection, move) != 1) {
      throw new FencedException("the swap is not ours to make");
    }
    world.store().carryAndSwap(connection, migrationId);
    return true;
  }

  private @Nullable Step whenFenced(FencedException fence) throws SQLException {
    Migration migration =
        world.read(connection -> world.migrations().get(connection, leader.migrationId()));
    if (migration.cancelled()) {
      return leader::rollBack;
    }
    throw fence;
  }
}
