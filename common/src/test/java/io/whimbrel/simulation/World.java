// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.ledger.DeltaLedger;
import io.whimbrel.ledger.FencedException;
import io.whimbrel.ledger.LedgerDialect;
import io.whimbrel.ledger.MigrationLedger;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.ledger.RangeLedger;
import io.whimbrel.ledger.WorkerLedger;
import io.whimbrel.simulation.SimulatedDatabase.Outcome;
import io.whimbrel.simulation.SimulatedDatabase.Work;
import io.whimbrel.simulation.SimulatedStore.Value;
import io.whimbrel.store.SqlAction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One run of the simulation: everything that the actors share, all of it decided by the seed. */
final class World {

  private static final RangeLedger RANGES = new RangeLedger(LedgerDialect.SQLITE, "");
  private static final MigrationLedger MIGRATIONS = new MigrationLedger(LedgerDialect.SQLITE, "");
  private static final WorkerLedger WORKERS = new WorkerLedger(LedgerDialect.SQLITE, "");
  private static final DeltaLedger DELTAS = new DeltaLedger(LedgerDialect.SQLITE, "");

  private final RandomGenerator random;
  private final Weather weather;
  private final SimulatedDatabase database;
  private final Camera camera;
  private final Mutation mutation;
  private final SimulatedStore store = new SimulatedStore();
  private final SimulatedGrid grid;
  private final Invariants invariants = new Invariants(this);
  private final List<SimulatedProcess> processes = new ArrayList<>();
  private final Set<String> openKeys = new HashSet<>();
  private final Map<String, Value> remembered = new HashMap<>();
  private final @Nullable List<String> trace;
  private boolean calm;
  private long now = 1_000_000;
  private long versions;
  private long changeIds;
  private int steps;
  private Picture picture;

  World(long seed, SimulatedDatabase database, Camera camera, Mutation mutation, boolean traced)
      throws SQLException {
    this.random = new SplittableRandom(seed);
    this.weather = Weather.of(random);
    this.database = database;
    this.camera = camera;
    this.mutation = mutation;
    this.grid = new SimulatedGrid(random, weather.grid());
    this.trace = traced ? new ArrayList<>() : null;
    SimulatedStore.clear(database.raw());
    say(() -> "weather: " + weather);
    for (int i = 0; i < weather.memories(); i++) {
      Map<String, Long> row = Map.of(anyKey(), nextVersion());
      database.transact(
          Outcome.ANSWERED,
          connection -> {
            store.write(connection, Map.of(), row);
            return true;
          });
    }
    this.picture = camera.take();
  }

  RangeLedger ranges() {
    return RANGES;
  }

  MigrationLedger migrations() {
    return MIGRATIONS;
  }

  WorkerLedger workers() {
    return WORKERS;
  }

  DeltaLedger deltas() {
    return DELTAS;
  }

  SimulatedStore store() {
    return store;
  }

  SimulatedGrid grid() {
    return grid;
  }

  RandomGenerator random() {
    return random;
  }

  Weather weather() {
    return weather;
  }

  Mutation mutation() {
    return mutation;
  }

  Invariants invariants() {
    return invariants;
  }

  Picture picture() {
    return picture;
  }

  List<SimulatedProcess> processes() {
    return processes;
  }

  Set<String> openKeys() {
    return openKeys;
  }

  long now() {
    return now;
  }

  void passTime(long millis) {
    now += millis;
    database.setNow(now);
  }

  /** No new trouble from here on: what is frozen wakes up, and all must come to an end. */
  void calmDown() {
    calm = true;
    grid.heal();
  }

  boolean isCalm() {
    return calm;
  }

  int nextStep() {
    return ++steps;
  }

  long nextVersion() {
    return ++versions;
  }

  long nextChangeId() {
    return ++changeIds;
  }

  String anyKey() {
    return String.format(Locale.ROOT, "k%02d", random.nextInt(40));
  }

  boolean processLives(long id) {
    return processes.stream().anyMatch(process -> process.id == id && process.lives());
  }

  /** Whether another migration may begin after this one. */
  boolean maySucceed(long migrationId, MigrationState state) {
    return state == MigrationState.ROLLED_BACK && migrationId < weather.migrations();
  }

  /** Locks on the whole table wait for the applications' open transactions. */
  void requireStoreLock() throws SimulatedOutage {
    if (!openKeys.isEmpty()) {
      throw new SimulatedOutage("the table's lock was not had in time");
    }
  }

  /** For one mutation: what the changed rows hold before their round is made. */
  void rememberLogged() throws SQLException {
    remembered.clear();
    read(store::readLogged).forEach(value -> remembered.put(value.key(), value));
  }

  List<Value> asMutated(List<Value> rows) {
    return remembered.isEmpty()
        ? rows
        : rows.stream().map(row -> remembered.getOrDefault(row.key(), row)).toList();
  }

  <T extends @Nullable Object> T read(Work<T> work) throws SQLException {
    if (!calm && random.nextDouble() < weather.refused() / 2) {
      throw new SimulatedOutage("not read");
    }
    return unlessUnexpected("a read", () -> database.transact(Outcome.ANSWERED, work));
  }

  void update(Deed deed, SqlAction action) throws SQLException {
    boolean unused =
        write(
            deed,
            connection -> {
              action.run(connection);
              return true;
            });
  }

  /** One transaction, whose outcome the weather decides; then the invariants must hold. */
  <T extends @Nullable Object> T write(Deed deed, Work<T> work) throws SQLException {
    Outcome outcome = outcome();
    say(() -> deed + (outcome == Outcome.ANSWERED ? "" : " " + outcome));
    try {
      return unlessUnexpected(deed.toString(), () -> database.transact(outcome, work));
    } finally {
      if (database.takeChanged()) {
        Picture before = picture;
        boolean lease = deed.kind() == Deed.Kind.LEASE;
        picture = lease ? camera.takeLeases(before) : camera.take();
        invariants.check(before, picture, deed);
      }
    }
  }

  private Outcome outcome() {
    if (calm) {
      return Outcome.ANSWERED;
    }
    double chance = random.nextDouble();
    if (chance < weather.refused()) {
      return random.nextBoolean() ? Outcome.REFUSED : Outcome.UNREACHED;
    }
    return chance < weather.refused() + weather.unanswered()
        ? Outcome.ANSWER_LOST
        : Outcome.ANSWERED;
  }

  private interface Transaction<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  // The protocol leans on no constraint: one that fires means that a fence was missing.
  private static <T extends @Nullable Object> T unlessUnexpected(
      String what, Transaction<T> transaction) throws SQLException {
    try {
      return transaction.run();
    } catch (SimulatedOutage | FencedException e) {
      throw e;
    } catch (SQLException e) {
      throw new Violation("the database refused " + what + ": " + e.getMessage(), e);
    }
  }

  void say(Supplier<String> what) {
    if (trace != null) {
      trace.add(String.format(Locale.ROOT, "%4d %7d ms  %s", steps, now - 1_000_000, what.get()));
    }
  }

  List<String> trace() {
    return trace == null ? List.of() : trace;
  }
}
