// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.RangeOutcome;
import io.whimbrel.simulation.SimulatedStore.Value;
import io.whimbrel.store.BackendId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One thread of a worker: the same calls of the ledger, in the same order, as RangeWorker makes.
 */
final class RangeThread extends Actor {

  private static final long POLL_MILLIS = 200;

  private final WorkerState worker;
  private int emptyPolls;
  private @Nullable ClaimedRange held;

  RangeThread(World world, WorkerState worker, String name) {
    super(world, worker.process(), name);
    this.worker = worker;
    begin(this::idle);
  }

  @Nullable Step idle() {
    hold(null);
    if (worker.isStopping()) {
      return null;
    }
    if (worker.isPaused()) {
      sleep(POLL_MILLIS);
      return this::idle;
    }
    boolean away = world.grid().isAway();
    OptionalLong hint = away ? OptionalLong.empty() : world.grid().poll();
    if (hint.isEmpty() && !away && emptyPolls % 3 != 2) {
      emptyPolls++;
      sleep(POLL_MILLIS);
      return this::idle;
    }
    return () -> claim(hint);
  }

  private Step claim(OptionalLong hint) throws SQLException {
    Optional<ClaimedRange> claim =
        world.write(
            Deed.claim(worker.id(), worker.migrationId(), hint.orElse(0)),
            connection ->
                hint.isPresent()
                    ? world
                        .ranges()
                        .claim(
                            connection,
                            worker.migrationId(),
                            hint.getAsLong(),
                            worker.id(),
                            BackendId.NONE)
                    : world
                        .ranges()
                        .claimAny(connection, worker.migrationId(), worker.id(), BackendId.NONE));
    emptyPolls = claim.isPresent() ? 0 : emptyPolls + 1;
    if (claim.isEmpty()) {
      return this::idle;
    }
    ClaimedRange won = claim.get();
    return () -> process(won);
  }

  private @Nullable Step process(ClaimedRange claim) throws SQLException {
    hold(claim);
    if (worker.isStopping() && claim.kind() != RangeKind.VERIFY) {
      return handBack(claim);
    }
    return switch (claim.kind()) {
      case COPY -> copy(claim);
      case DELTA -> catchUp(claim);
      case VERIFY -> verify(claim);
      case PACK -> throw new Violation("nothing is packed in place here");
    };
  }

  private @Nullable Step copy(ClaimedRange claim) throws SQLException {
    List<Value> rows = world.read(connection -> world.store().readLegacy(connection, claim.keys()));
    int part = part(rows.size());
    pack();
    KeyRange keys = claim.keys();
    KeyRange done =
        part == rows.size() ? keys : new KeyRange(keys.lower(), rows.get(part - 1).key());
    return () -> commitCopy(claim, done, rows.subList(0, part));
  }

  private @Nullable Step commitCopy(ClaimedRange claim, KeyRange done, List<Value> rows)
      throws SQLException {
    return goOn(
        world.write(
            Deed.commit(worker.id(), claim),
            connection -> {
              world.ranges().complete(connection, narrowed(claim, done), outcome(rows.size(), 0));
              ClaimedRange rest = null;
              if (!done.upper().equals(claim.keys().upper())) {
                rest = rest(connection, claim, new KeyRange(done.upper(), claim.keys().upper()));
              }
              world.store().insertCopies(connection, claim, rows);
              return Optional.ofNullable(rest);
            }));
  }

  private @Nullable Step catchUp(ClaimedRange claim) throws SQLException {
    List<Value> rows =
        world.read(
            connection ->
                world.store().readDelta(connection, claim.migrationId(), claim.rangeId()));
    int part = part(rows.size());
    pack();
    return () -> commitDelta(claim, world.asMutated(rows.subList(0, part)), part < rows.size());
  }

  private @Nullable Step commitDelta(ClaimedRange claim, List<Value> rows, boolean split)
      throws SQLException {
    return goOn(
        world.write(
            Deed.commit(worker.id(), claim),
            connection -> {
              world.ranges().complete(connection, claim, outcome(rows.size(), 0));
              world.store().replaceCopies(connection, claim, rows);
              if (!split) {
                return Optional.empty();
              }
              // Its bounds only name the place in the round, and must be new ones.
              KeyRange place =
                  new KeyRange(claim.keys().lower() + "." + claim.rangeId(), claim.keys().upper());
              ClaimedRange rest = rest(connection, claim, place);
              world.deltas().moveKeys(connection, claim.rangeId(), rest.rangeId());
              return Optional.of(rest);
            }));
  }

  private @Nullable Step verify(ClaimedRange claim) throws SQLException {
    int mismatches =
        world.read(
            connection -> world.store().unexplained(connection, claim.migrationId(), claim.keys()));
    pack();
    return () -> commitVerify(claim, mismatches);
  }

  private @Nullable Step commitVerify(ClaimedRange claim, int mismatches) throws SQLException {
    world.update(
        Deed.commit(worker.id(), claim),
        connection -> world.ranges().complete(connection, claim, outcome(0, mismatches)));
    return idle();
  }

  // The longer the work between reading and committing, the more can happen meanwhile.
  private void pack() {
    sleep(world.random().nextInt(1 + world.weather().packMillis()));
  }

  // A packing may be full before the range ends, and a worker that stops takes what it has.
  private int part(int rows) {
    boolean early = rows > 1 && (worker.isStopping() || world.random().nextInt(4) == 0);
    return early ? 1 + world.random().nextInt(rows - 1) : rows;
  }

  private ClaimedRange rest(Connection connection, ClaimedRange claim, KeyRange keys)
      throws SQLException {
    return world.ranges().addRest(connection, claim, keys, worker.id(), BackendId.NONE);
  }

  private @Nullable Step goOn(Optional<ClaimedRange> rest) {
    if (rest.isEmpty()) {
      return idle();
    }
    hold(rest.get());
    return () -> process(rest.get());
  }

  private Step handBack(ClaimedRange claim) throws SQLException {
    boolean released;
    try {
      released =
          world.write(
              Deed.release(worker.id(), claim),
              connection -> world.ranges().release(connection, claim));
    } catch (SQLException e) {
      // The lease will run out, and the reaper gives the range to somebody else.
      return this::idle;
    }
    if (released) {
      world.grid().offer(claim.rangeId());
    }
    return this::idle;
  }

  private void hold(@Nullable ClaimedRange claim) {
    if (held != null) {
      worker.currentRanges().remove(held.rangeId());
    }
    held = claim;
    if (claim != null) {
      worker.currentRanges().add(claim.rangeId());
    }
  }

  private static ClaimedRange narrowed(ClaimedRange claim, KeyRange done) {
    return new ClaimedRange(
        claim.rangeId(), claim.migrationId(), claim.kind(), claim.round(), done, claim.attempt());
  }

  private static RangeOutcome outcome(int memories, int mismatches) {
    return new RangeOutcome(memories, 0, 0, 0, 0, 0, mismatches, 0);
  }

  @Override
  Step whenFenced() {
    return this::idle;
  }

  @Override
  Step whenRefused() {
    sleep(world.random().nextInt(500));
    ClaimedRange claim = held;
    return claim == null ? this::idle : () -> handBack(claim);
  }
}
