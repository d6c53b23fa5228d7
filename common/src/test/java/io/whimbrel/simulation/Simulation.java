// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.ledger.MigrationState;
import io.whimbrel.simulation.Picture.Lead;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs seeds. Of the threads that can act one is chosen at each step; between the steps processes
 * freeze, die and are started. After the storm everything must come to an end.
 */
final class Simulation implements AutoCloseable {

  private static final int CALM_STEPS_MAX = 5_000;
  private static final long FREEZE_MILLIS_MAX = 9_000;

  /**
   * What a run came to.
   *
   * @param state of the last migration
   * @param migrations how many were begun
   */
  record Ending(MigrationState state, long migrations, int steps, List<String> trace) {}

  private final Mutation mutation;
  private final SimulatedDatabase database;
  private final Camera camera;

  Simulation(Mutation mutation) throws SQLException {
    this.mutation = mutation;
    this.database = new SimulatedDatabase(mutation);
    this.camera = new Camera(database.raw());
  }

  boolean isMutated() {
    return database.isMutated();
  }

  /**
   * Runs one seed.
   *
   * @throws Violation when an invariant does not hold; its message is the trace
   */
  Ending run(long seed) throws SQLException {
    try {
      return new Run(seed, false).toItsEnd();
    } catch (Violation untraced) {
      return replay(seed);
    }
  }

  /** Runs one seed again and writes down its steps. */
  Ending replay(long seed) throws SQLException {
    Run again = new Run(seed, true);
    try {
      return again.toItsEnd();
    } catch (Violation violation) {
      List<String> trace = again.world.trace();
      throw new Violation(
          "seed " + seed + ": " + violation.getMessage() + "\n" + String.join("\n", trace),
          violation);
    }
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }

  private final class Run {
    private final World world;
    private final RandomGenerator random;
    private final Weather weather;
    private long processIds;

    Run(long seed, boolean traced) throws SQLException {
      this.world = new World(seed, database, camera, mutation, traced);
      this.random = world.random();
      this.weather = world.weather();
    }

    Ending toItsEnd() throws SQLException {
      for (int i = 0; i < weather.writers(); i++) {
        SimulatedProcess process = start("app", false);
        ApplicationThread unused = new ApplicationThread(world, process, process.name);
      }
      int step;
      do {
        step = world.nextStep();
        if (!world.isCalm() && (step >= weather.stormSteps() || hasEnded())) {
          calmDown();
        }
        if (step > weather.stormSteps() + CALM_STEPS_MAX) {
          throw new Violation("no end in sight: " + world.picture().migrations());
        }
        operate();
        if (!world.isCalm()) {
          trouble();
        }
        actOnce();
      } while (!isOver());
      return end(step);
    }

    private void calmDown() throws SQLException {
      world.say(() -> "the storm is over");
      world.calmDown();
      // Applications pause now and then; only so can a busy store be swapped at all.
      world.processes().stream()
          .filter(process -> process.name.startsWith("app"))
          .forEach(SimulatedProcess::crash);
      world.processes().removeIf(process -> !process.lives());
      world.openKeys().clear();
      setPaused(false);
    }

    private void actOnce() {
      List<Actor> ready = new ArrayList<>();
      @Nullable Actor first = null;
      for (SimulatedProcess process : world.processes()) {
        for (Actor thread : process.threads) {
          if (thread.wakesAt() <= world.now()) {
            ready.add(thread);
          } else if (first == null || thread.wakesAt() < first.wakesAt()) {
            first = thread;
          }
        }
      }
      if (ready.isEmpty()) {
        if (first != null) {
          world.passTime(first.wakesAt() - world.now());
        }
        return;
      }
      world.passTime(random.nextInt(60));
      ready.get(random.nextInt(ready.size())).act();
      world.processes().forEach(SimulatedProcess::endWhenDone);
      world.processes().removeIf(process -> !process.lives());
    }

    private boolean isOver() throws SQLException {
      return world.isCalm() && world.processes().isEmpty() && hasEnded();
    }

    // The last migration is over, and of its processes none is left that could come back.
    private boolean hasEnded() throws SQLException {
      if (world.processes().stream().anyMatch(process -> !process.name.startsWith("app"))) {
        return false;
      }
      Optional<Lead> latest = latest();
      return latest.isPresent()
          && latest.get().state().isTerminal()
          && !world.maySucceed(latest.get().migrationId(), latest.get().state());
    }

    private Ending end(int step) throws SQLException {
      Lead last = latest().orElseThrow();
      boolean swapped = last.state() == MigrationState.COMPLETED;
      Picture picture = world.picture();
      Invariants.checkEnd(
          camera.truth(), swapped ? picture.copiesOf(last.migrationId()) : picture.legacy());
      return new Ending(last.state(), last.migrationId(), step, world.trace());
    }

    private Optional<Lead> latest() {
      return world.picture().migrations().values().stream().reduce((older, newer) -> newer);
    }

    // People and supervisors keep the processes going that are needed.
    private void operate() throws SQLException {
      long leaders = world.processes().stream().filter(process -> process.isCoordinator).count();
      Optional<Lead> latest = latest();
      boolean needed =
          latest.isEmpty()
              || !latest.get().state().isTerminal()
              || world.maySucceed(latest.get().migrationId(), latest.get().state());
      if (needed && leaders == 0 && (world.isCalm() || random.nextInt(5) == 0)) {
        startCoordinator();
      }
      if (latest.isEmpty() || !latest.get().state().letsWorkersWork()) {
        return;
      }
      long workers =
          world.processes().stream().filter(process -> process.name.startsWith("worker")).count();
      if (workers < weather.workers() && random.nextInt(5) == 0) {
        SimulatedProcess process = start("worker", false);
        WorkerState state = new WorkerState(process, latest.get().migrationId());
        LeaseThread unused = new LeaseThread(world, state, weather.threads());
      }
    }

    private void startCoordinator() {
      SimulatedProcess process = start("coordinator", true);
      LeaderThread unused = new LeaderThread(world, process);
    }

    private SimulatedProcess start(String role, boolean isCoordinator) {
      long id = ++processIds;
      SimulatedProcess process =
          new SimulatedProcess(role + "-" + id, random.nextInt(2), id, isCoordinator);
      world.processes().add(process);
      world.say(() -> process.name + " starts on host " + process.host);
      return process;
    }

    private void trouble() throws SQLException {
      if (random.nextDouble() < weather.crash()) {
        anyProcess(false)
            .ifPresent(
                process -> {
                  world.say(() -> process.name + " dies");
                  process.crash();
                });
        world.processes().removeIf(process -> !process.lives());
      }
      if (random.nextDouble() < weather.freeze()) {
        anyProcess(random.nextBoolean()).ifPresent(this::freeze);
      }
      if (random.nextDouble() < weather.rival()) {
        startCoordinator();
      }
      if (random.nextDouble() < weather.person()) {
        tryTo(() -> setPaused(random.nextInt(3) == 0));
      }
      Optional<Lead> latest = latest();
      if (latest.isPresent()
          && latest.get().state() == weather.cancelIn()
          && random.nextInt(12) == 0) {
        tryTo(this::cancel);
      }
    }

    private interface Wish {
      void run() throws SQLException;
    }

    private void tryTo(Wish wish) {
      try {
        wish.run();
      } catch (SQLException e) {
        world.say(() -> "a person gets an error: " + e.getMessage());
      }
    }

    private Optional<SimulatedProcess> anyProcess(boolean leading) {
      List<SimulatedProcess> ours =
          world.processes().stream()
              .filter(process -> !process.name.startsWith("app"))
              .filter(process -> process.isCoordinator || !leading)
              .toList();
      return ours.isEmpty() ? Optional.empty() : Optional.of(ours.get(random.nextInt(ours.size())));
    }

    // A whole process is stopped, or one of its threads hangs while the others renew its lease.
    private void freeze(SimulatedProcess process) {
      long millis = random.nextLong(FREEZE_MILLIS_MAX);
      if (random.nextBoolean() || process.threads.isEmpty()) {
        world.say(() -> process.name + " freezes for " + millis + " ms");
        process.freezeUntil(world.now() + millis);
        process.threads.stream()
            .filter(thread -> random.nextInt(3) == 0)
            .forEach(Actor::loseConnection);
      } else {
        Actor thread = process.threads.get(random.nextInt(process.threads.size()));
        world.say(() -> thread.name + " hangs for " + millis + " ms");
        thread.sleep(millis);
      }
    }

    private void setPaused(boolean paused) throws SQLException {
      Optional<Lead> latest = latest();
      if (latest.isPresent()) {
        long id = latest.get().migrationId();
        world.update(
            Deed.of(Deed.Kind.PERSON, paused ? "pause" : "resume"),
            connection -> world.migrations().setPaused(connection, id, paused));
      }
    }

    private void cancel() throws SQLException {
      Optional<Lead> latest = latest();
      if (latest.isPresent()) {
        long id = latest.get().migrationId();
        world.update(
            Deed.of(Deed.Kind.PERSON, "cancel"),
            connection -> world.migrations().requestCancel(connection, id));
      }
    }
  }
}
