// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.RangeLedger.StaleClaim;
import io.whimbrel.ledger.WorkerLedger.Holder;
import io.whimbrel.ledger.WorkerLedger.Role;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Joins, renews, hands back orphans and follows the migration's end, as LeaseKeeper does. */
final class LeaseThread extends Actor {

  private static final Duration TERM = Duration.ofSeconds(3);

  private final WorkerState worker;
  private final int threads;
  private final Holder holder;
  private Set<StaleClaim> orphansBefore = Set.of();

  LeaseThread(World world, WorkerState worker, int threads) {
    super(world, worker.process(), worker.id() + "/lease");
    this.worker = worker;
    this.threads = threads;
    this.holder =
        new Holder(
            worker.id(),
            Role.WORKER,
            "host-" + worker.process().host,
            worker.process().id,
            0,
            threads);
    begin(this::join);
  }

  private Step join() throws SQLException {
    joinLedger();
    return this::startThreads;
  }

  // Only now: whoever joins a paused migration claims nothing.
  private Step startThreads() throws SQLException {
    followLedger();
    for (int i = 1; i <= threads; i++) {
      RangeThread unused = new RangeThread(world, worker, worker.id() + "/" + i);
    }
    return next();
  }

  private void joinLedger() throws SQLException {
    world.update(
        Deed.of(Deed.Kind.LEASE, name),
        connection -> world.workers().join(connection, worker.migrationId(), holder, TERM));
  }

  private Step next() {
    if (worker.process().threads.stream().allMatch(thread -> thread == this || thread.hasEnded())) {
      return this::leave;
    }
    sleep(TERM.toMillis() / 3);
    return this::renew;
  }

  private @Nullable Step renew() throws SQLException {
    boolean renewed =
        world.write(
            Deed.of(Deed.Kind.LEASE, name),
            connection -> world.workers().renew(connection, worker.id(), TERM));
    if (renewed || worker.isStopping()) {
      return this::findOrphans;
    }
    return () -> {
      joinLedger();
      return this::findOrphans;
    };
  }

  private Step findOrphans() throws SQLException {
    Set<StaleClaim> orphans = new HashSet<>();
    Queue<StaleClaim> seenTwice = new ArrayDeque<>();
    for (StaleClaim claim :
        world.read(
            connection -> world.ranges().claimsOf(connection, worker.migrationId(), worker.id()))) {
      if (!worker.currentRanges().contains(claim.rangeId())) {
        orphans.add(claim);
        if (orphansBefore.contains(claim)) {
          seenTwice.add(claim);
        }
      }
    }
    orphansBefore = orphans;
    return () -> release(seenTwice);
  }

  private Step release(Queue<StaleClaim> orphans) throws SQLException {
    StaleClaim orphan = orphans.poll();
    if (orphan == null) {
      return follow();
    }
    world.update(
        Deed.release(name, worker.migrationId(), orphan),
        connection -> world.ranges().reap(connection, orphan));
    return () -> release(orphans);
  }

  private Step follow() throws SQLException {
    followLedger();
    return next();
  }

  private void followLedger() throws SQLException {
    Optional<Migration> migration =
        world.read(connection -> world.migrations().find(connection, worker.migrationId()));
    if (migration.isEmpty() || migration.get().state().isOverForWorkers()) {
      worker.stop();
    } else {
      worker.setPaused(migration.get().paused());
    }
  }

  private @Nullable Step leave() throws SQLException {
    world.update(
        Deed.of(Deed.Kind.LEASE, name),
        connection -> world.workers().leave(connection, worker.id()));
    return null;
  }

  @Override
  @Nullable Step whenFenced() {
    throw new Violation(name + " is fenced, though it names neither attempt nor epoch");
  }

  @Override
  @Nullable Step whenRefused() {
    // Before it has joined a process gives up; when it leaves, the lease runs out by itself.
    return worker.process().threads.size() == 1 ? null : next();
  }
}
