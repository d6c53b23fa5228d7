// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.ledger.WorkerLedger.Holder;
import io.whimbrel.ledger.WorkerLedger.Lease;
import io.whimbrel.ledger.WorkerLedger.Role;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The main thread of a coordinator: begins or takes over as Leadership does, then goes from state
 * to state as MigrationRun does. Trouble of the database makes it look again at where it is.
 */
final class LeaderThread extends Actor {

  static final Duration TERM = Duration.ofMillis(2_500);

  private final Holder self;
  private final CutOver cutOver = new CutOver(this);
  private long migrationId;
  private long epoch;
  private long patienceEnds;

  LeaderThread(World world, SimulatedProcess process) {
    super(world, process, process.name);
    this.self = new Holder(name, Role.COORDINATOR, "host-" + process.host, process.id, 0, 0);
    this.patienceEnds = world.now() + TERM.toMillis() + 1_000;
    begin(this::start);
  }

  long migrationId() {
    return migrationId;
  }

  long epoch() {
    return epoch;
  }

  Deed deed(Deed.Kind kind) {
    return Deed.lead(kind, name, migrationId, epoch);
  }

  private @Nullable Step start() throws SQLException {
    Optional<Migration> latest = world.read(world.migrations()::latest);
    if (latest.isEmpty() || world.maySucceed(latest.get().migrationId(), latest.get().state())) {
      return this::beginMigration;
    }
    return latest.get().state().isTerminal() ? null : () -> take(latest.get());
  }

  private @Nullable Step beginMigration() throws SQLException {
    long begun =
        world.write(
            Deed.of(Deed.Kind.BEGIN, name),
            connection -> {
              Optional<Migration> latest = world.migrations().latest(connection);
              if (latest.isPresent() && !latest.get().state().isTerminal()) {
                return 0L;
              }
              long id =
                  world.migrations().create(connection, MigrationKind.SHADOW_COPY, name, "{}");
              world.workers().join(connection, id, self, TERM);
              return id;
            });
    return begun == 0 ? null : lead(begun, 1);
  }

  private Step lead(long id, long leadEpoch) {
    migrationId = id;
    epoch = leadEpoch;
    LeadLeaseThread unused = new LeadLeaseThread(world, process);
    return this::advance;
  }

  private @Nullable Step take(Migration migration) throws SQLException {
    if (otherLives(migration)) {
      if (world.now() > patienceEnds) {
        return null;
      }
      sleep(250);
      return () -> take(migration);
    }
    return () -> takeNow(migration);
  }

  private boolean otherLives(Migration migration) throws SQLException {
    String other = migration.coordinatorId();
    if (other == null) {
      return false;
    }
    Optional<Lease> lease = world.read(connection -> world.workers().find(connection, other));
    return lease.isPresent() && !lease.get().expired() && !isDeadHere(lease.get());
  }

  private boolean isDeadHere(Lease lease) {
    return lease.host().equals(self.host()) && !world.processLives(lease.processId());
  }

  private @Nullable Step takeNow(Migration migration) throws SQLException {
    boolean taken =
        world.write(
            Deed.lead(Deed.Kind.TAKE_LEAD, name, migration.migrationId(), migration.epoch()),
            connection -> {
              boolean won =
                  world
                      .migrations()
                      .takeLead(connection, migration.migrationId(), migration.epoch(), name);
              if (won) {
                world.workers().join(connection, migration.migrationId(), self, TERM);
              }
              return won;
            });
    if (!taken) {
      return null;
    }
    Step first = lead(migration.migrationId(), migration.epoch() + 1);
    return () -> findLeasesOfTheDead(first);
  }

  private Step findLeasesOfTheDead(Step then) throws SQLException {
    Queue<Lease> dead = new ArrayDeque<>();
    for (Lease lease : world.read(connection -> world.workers().running(connection, migrationId))) {
      if (isDeadHere(lease)) {
        dead.add(lease);
      }
    }
    return () -> endLeases(dead, then);
  }

  private Step endLeases(Queue<Lease> dead, Step then) throws SQLException {
    Lease lease = dead.poll();
    if (lease == null) {
      return then;
    }
    world.update(
        Deed.of(Deed.Kind.LEASE, name),
        connection -> world.workers().leave(connection, lease.id()));
    return () -> endLeases(dead, then);
  }

  /** Looks where the migration is, and does what that state asks for. */
  @Nullable Step advance() throws SQLException {
    Migration migration = world.read(connection -> world.migrations().get(connection, migrationId));
    MigrationState state = migration.state();
    if (migration.cancelled() && !state.isTerminal() && state != MigrationState.ROLLING_BACK) {
      return this::rollBack;
    }
    return switch (state) {
      case CREATED -> () -> move(state, MigrationState.SNAPSHOT);
      case SNAPSHOT -> this::capture;
      case COPYING ->
          () -> {
            Step done = () -> move(state, MigrationState.CATCHING_UP);
            return new Distribution(this, RangeKind.COPY, migration, done).tick();
          };
      case CATCHING_UP -> () -> catchUp(migration);
      case VERIFYING -> () -> verify(migration);
      case CUTTING_OVER -> () -> cutOver.begin(migration);
      case ROLLING_BACK -> this::cancelRanges;
      case COMPLETED, FINALIZED, ROLLED_BACK, FAILED -> null;
    };
  }

  Step move(MigrationState from, MigrationState to) throws SQLException {
    world.update(
        deed(Deed.Kind.LEAD),
        connection -> world.migrations().move(connection, migrationId, epoch, from, to, null));
    return this::advance;
  }

  private Step capture() throws SQLException {
    world.requireStoreLock();
    world.update(deed(Deed.Kind.STORE), world.store()::installCapture);
    return this::snapshot;
  }

  private Step snapshot() throws SQLException {
    @Nullable String highest = world.read(world.store()::highestKey).orElse(null);
    return () -> {
      world.update(
          deed(Deed.Kind.LEAD),
          connection -> {
            world.migrations().recordSnapshot(connection, migrationId, epoch, "", 0, highest, null);
            world
                .migrations()
                .move(
                    connection,
                    migrationId,
                    epoch,
                    MigrationState.SNAPSHOT,
                    MigrationState.COPYING,
                    null);
          });
      return this::advance;
    };
  }

  private @Nullable Step catchUp(Migration migration) throws SQLException {
    Step done = () -> move(MigrationState.CATCHING_UP, MigrationState.VERIFYING);
    Step round = () -> world.read(world.store()::loggedKeys) == 0 ? done : drain(this::advance);
    return new Distribution(this, RangeKind.DELTA, migration, round).tick();
  }

  /** Begins a round: what the log shows becomes ranges, unless a round is still going on. */
  Step drain(Step then) throws SQLException {
    if (world.mutation() == Mutation.VALUES_FROM_BEFORE_THE_ROUND) {
      world.rememberLogged();
      return () -> drainNow(then);
    }
    return drainNow(then);
  }

  private Step drainNow(Step then) throws SQLException {
    try {
      world.update(
          deed(Deed.Kind.LEAD),
          connection -> {
            world.migrations().guard(connection, migrationId, epoch);
            int most = 1 + world.random().nextInt(20);
            for (long id :
                world
                    .deltas()
                    .drain(connection, migrationId, world.weather().rangeSize(), most)
                    .rangeIds()) {
              world.grid().offer(id);
            }
          });
    } catch (IllegalStateException e) {
      world.say(() -> name + " does not drain: " + e.getMessage());
    }
    return then;
  }

  private Step verify(Migration migration) throws SQLException {
    world.update(
        deed(Deed.Kind.LEAD),
        connection -> {
          world.migrations().guard(connection, migrationId, epoch);
          world.ranges().addVerifyRanges(connection, migrationId);
        });
    Step done = () -> move(MigrationState.VERIFYING, MigrationState.CUTTING_OVER);
    return () -> new Distribution(this, RangeKind.VERIFY, migration, done).tick();
  }

  @Nullable Step rollBack() throws SQLException {
    Migration migration = world.read(connection -> world.migrations().get(connection, migrationId));
    MigrationState state = migration.state();
    if (state == MigrationState.ROLLING_BACK) {
      return this::advance;
    }
    // Another may have led it to an end meanwhile, which leaves nothing to be undone.
    return state.canMoveTo(MigrationState.ROLLING_BACK)
        ? () -> move(state, MigrationState.ROLLING_BACK)
        : null;
  }

  private Step cancelRanges() throws SQLException {
    if (world.mutation() == Mutation.ROLLBACK_KEEPS_RANGES) {
      return this::removeCapture;
    }
    world.update(
        deed(Deed.Kind.LEAD),
        connection -> {
          world.migrations().guard(connection, migrationId, epoch);
          world.ranges().cancelOpen(connection, migrationId);
          world.deltas().clear(connection, migrationId);
        });
    return () -> {
      int open = world.read(connection -> world.ranges().open(connection, migrationId));
      return open > 0 ? this::cancelRanges : this::removeCapture;
    };
  }

  private Step removeCapture() throws SQLException {
    world.grid().clear();
    world.requireStoreLock();
    world.update(deed(Deed.Kind.STORE), world.store()::removeCapture);
    return this::dropCopy;
  }

  private Step dropCopy() throws SQLException {
    world.update(
        deed(Deed.Kind.STORE), connection -> world.store().dropCopy(connection, migrationId));
    return () -> move(MigrationState.ROLLING_BACK, MigrationState.ROLLED_BACK);
  }

  /** Whoever took the lead goes on; this one has nothing more to say. */
  @Override
  @Nullable Step whenFenced() {
    return null;
  }

  @Override
  @Nullable Step whenRefused() {
    if (epoch == 0) {
      return null;
    }
    sleep(world.random().nextInt(500));
    return this::advance;
  }
}
