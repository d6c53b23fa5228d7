// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import io.whimbrel.grid.ControlState;
import io.whimbrel.grid.Grid;
import io.whimbrel.grid.GridSize;
import io.whimbrel.grid.GridUnavailableException;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.live.LiveStatus.Step;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.progress.Progress;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The status that a coordinator shows: the ledger's, with what only it knows. Read when somebody
 * asks, kept for a moment, so that the work does not grow with the number of watchers and nothing
 * is read when nobody watches. Thread-safe.
 */
public final class LiveSource {

  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

  /** Reading may take one part in so many of the time: a long ledger is asked less often. */
  private static final long READ_SHARE = 50;

  private static final long STALE_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  private final Store store;
  private final Ledger ledger;
  private final Grid grid;
  private final LiveBoard board;
  private final StatusReader reader;
  private final History history;
  private final long migrationId;
  private final LongSupplier nanoTicker;
  private @Nullable LiveStatus kept;
  private long keptUntil;

  public LiveSource(Store store, Ledger ledger, Grid grid, LiveBoard board, long migrationId) {
    this.store = store;
    this.ledger = ledger;
    this.grid = grid;
    this.board = board;
    this.reader = new StatusReader(store, ledger);
    this.history = new History(store, ledger);
    this.migrationId = migrationId;
    this.nanoTicker = System::nanoTime;
  }

  /** The present status: what the coordinator knows is new, what the ledger says may be older. */
  synchronized LiveStatus status() throws SQLException {
    LiveStatus known = kept;
    return known != null && nanoTicker.getAsLong() - keptUntil < 0 ? withLive(known) : newest();
  }

  /** The status as it is now; for after an act and at the end. */
  synchronized LiveStatus newest() throws SQLException {
    long start = nanoTicker.getAsLong();
    LiveStatus status = reader.read(migrationId);
    long end = nanoTicker.getAsLong();
    kept = status;
    long pause = Math.max(FRESH_NANOS, READ_SHARE * (end - start));
    keptUntil = end + Math.min(pause, STALE_NANOS_MAX);
    return withLive(status);
  }

  private synchronized void forget() {
    kept = null;
  }

  private LiveStatus withLive(LiveStatus status) {
    Progress progress = board.latest();
    boolean working = MigrationState.valueOf(status.state()).letsWorkersWork();
    Step step = status.step();
    if (progress != null && working && progress.phase().equals(step.name())) {
      Duration eta = progress.eta();
      // The coordinator has watched the speed all the time; the ledger has only the sum.
      step =
          new Step(
              step.name(),
              Math.max(progress.done(), step.done()),
              step.total(),
              StatusReader.fraction(Math.max(progress.done(), step.done()), step.total()),
              status.paused() ? 0 : progress.memoriesPerSecond(),
              status.paused() || eta == null ? null : eta.toSeconds());
    }
    return status.told(step, throttle(), board.events());
  }

  private @Nullable String throttle() {
    try {
      return grid.control()
          .filter(control -> control.migrationId() == migrationId)
          .map(ControlState::throttle)
          .orElse(null);
    } catch (GridUnavailableException e) {
      // The page goes on without it.
      return null;
    }
  }

  /** Sets the metrics that nobody counts as they happen. */
  public void showIn(WhimbrelMetrics metrics) {
    try {
      StatusMetrics.set(metrics, status());
      GridSize size = grid.size();
      metrics.grid(size.members(), size.clients());
    } catch (SQLException e) {
      throw new IllegalStateException("the ledger could not be read for a scrape", e);
    }
  }

  History.Course history() throws SQLException {
    return history.read(migrationId);
  }

  /** How an act went. */
  record Asked(boolean taken, String message) {}

  /**
   * Writes a wish into the ledger, if it would change anything.
   *
   * @param by who asked, for the event log
   */
  Asked ask(Act act, String by) throws SQLException {
    Migration migration =
        store.read(connection -> ledger.migrations().get(connection, migrationId));
    String name = "migration " + migrationId;
    if (!act.isOpen(migration)) {
      return new Asked(
          false,
          name
              + " is "
              + migration.state()
              + (migration.paused() ? " and paused" : "")
              + ": there is nothing to "
              + act.path());
    }
    store.update(connection -> act.ask(connection, ledger, migrationId));
    forget();
    board.message(name + " " + act.effect() + ", asked by " + by);
    return new Asked(true, name + " " + act.effect());
  }

  long migrationId() {
    return migrationId;
  }
}
