// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.RangeLedger.StaleClaim;
import io.whimbrel.ledger.RangeLedger.Totals;
import io.whimbrel.simulation.Actor.Step;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Plans, offers, reaps and waits until every range of a kind is committed, as Distributor does. */
final class Distribution {

  private static final long TICK_MILLIS = 300;
  private static final int AHEAD = 4;

  private final LeaderThread leader;
  private final World world;
  private final RangeKind kind;
  private final Step done;
  private final @Nullable String highestKey;
  private @Nullable String cursor;
  private boolean planned;

  Distribution(LeaderThread leader, RangeKind kind, Migration migration, Step done) {
    this.leader = leader;
    this.world = leader.world;
    this.kind = kind;
    this.done = done;
    this.highestKey = migration.highestKey();
    this.cursor = migration.plannedTo();
    this.planned = migration.planDone() || kind != RangeKind.COPY;
  }

  @Nullable Step tick() throws SQLException {
    Migration migration =
        world.read(connection -> world.migrations().get(connection, leader.migrationId()));
    if (migration.epoch() != leader.epoch()) {
      return null;
    }
    return migration.cancelled() ? leader::rollBack : this::findStale;
  }

  private Step findStale() throws SQLException {
    List<StaleClaim> stale =
        world.read(connection -> world.ranges().staleClaims(connection, leader.migrationId()));
    world.invariants().areStale(stale);
    return () -> reap(new ArrayDeque<>(stale));
  }

  private Step reap(Queue<StaleClaim> stale) throws SQLException {
    StaleClaim claim = stale.poll();
    if (claim == null) {
      return count();
    }
    world.update(
        Deed.release(leader.name, leader.migrationId(), claim),
        connection -> world.ranges().reap(connection, claim));
    return () -> reap(stale);
  }

  private Step count() throws SQLException {
    Totals totals =
        world.read(connection -> world.ranges().totals(connection, leader.migrationId(), kind));
    if (planned && totals.open() == 0) {
      return done;
    }
    if (world.grid().queued() == 0) {
      return this::offerAgain;
    }
    return this::plan;
  }

  private Step offerAgain() throws SQLException {
    world
        .read(connection -> world.ranges().pending(connection, leader.migrationId(), 500))
        .forEach(world.grid()::offer);
    return this::plan;
  }

  private Step plan() throws SQLException {
    int open = world.read(connection -> world.ranges().open(connection, leader.migrationId()));
    if (planned || open >= AHEAD) {
      return mayDrain() ? () -> leader.drain(later()) : later();
    }
    String end = highestKey;
    if (end == null) {
      return () -> add(null, true);
    }
    Optional<String> next =
        world.read(
            connection ->
                world.store().keyAfter(connection, cursor, end, world.weather().rangeSize()));
    boolean last = next.isEmpty() || next.get().equals(end);
    String upper = next.orElse(end);
    KeyRange keys = last && end.equals(cursor) ? null : new KeyRange(cursor, upper);
    return () -> add(keys, last);
  }

  private Step add(@Nullable KeyRange keys, boolean last) throws SQLException {
    String upper = keys == null ? cursor : keys.upper();
    long added =
        world.write(
            leader.deed(Deed.Kind.LEAD),
            connection -> {
              world
                  .migrations()
                  .recordPlan(connection, leader.migrationId(), leader.epoch(), upper, last);
              return keys == null
                  ? 0L
                  : world.ranges().add(connection, leader.migrationId(), kind, 0, keys);
            });
    cursor = upper;
    planned = last;
    if (added != 0) {
      world.grid().offer(added);
    }
    return this::plan;
  }

  // At any time once the copy is made, so that it is the ledger which refuses a round too early.
  private boolean mayDrain() {
    boolean copied = kind != RangeKind.COPY;
    return (copied || world.mutation() == Mutation.ROUND_BEFORE_THE_LAST_IS_COMMITTED)
        && world.random().nextInt(4) == 0;
  }

  private Step later() {
    leader.sleep(TICK_MILLIS);
    return this::tick;
  }
}
