// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.ledger.FencedException;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.LedgerDialect;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.WorkerLedger.Holder;
import io.whimbrel.ledger.WorkerLedger.Lease;
import io.whimbrel.ledger.WorkerLedger.Role;
import io.whimbrel.metrics.RetryCause;
import io.whimbrel.retry.EnvironmentErrors;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.worker.LogContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to lead a migration: a lease that says the coordinator lives, and an epoch that every
 * one of its writes names. Whoever takes the lead raises the epoch, so a replaced coordinator's
 * next write fails.
 */
final class Leadership implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  /** Tests shorten it by a system property: nothing but time depends on it. */
  static final Duration TERM =
      Duration.ofMillis(Long.getLong("whimbrel.lease.leader.millis", 12_000));

  private final Store store;
  private final Ledger ledger;
  private final Holder self;
  private final Liveness liveness;
  private final ScheduledExecutorService timer;
  private long migrationId;
  private long epoch;

  private Leadership(Store store, Ledger ledger, String host) {
    this.store = store;
    this.ledger = ledger;
    this.liveness = new Liveness(store, ledger, host);
    ProcessHandle process = ProcessHandle.current();
    this.self =
        new Holder(
            "coordinator-" + UUID.randomUUID().toString().substring(0, 8),
            Role.COORDINATOR,
            host,
            process.pid(),
            process.info().startInstant().map(Instant::toEpochMilli).orElse(0L),
            0);
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            runnable -> {
              Thread thread = new Thread(runnable, "leader-lease");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Begins a new migration and leads it. */
  static Leadership begin(
      Store store, Ledger ledger, String host, MigrationKind kind, String settings, String facts)
      throws SQLException {
    Leadership lead = new Leadership(store, ledger, host);
    lead.migrationId =
        store.write(
            connection -> {
              lockMigrations(store, connection);
              Optional<Migration> latest = ledger.migrations().latest(connection);
              if (latest.isPresent() && !latest.get().state().isTerminal()) {
                throw new StoreRefusedException(
                    "another migration of this store has just begun: see `whimbrel status`");
              }
              long id = ledger.migrations().create(connection, kind, lead.self.id(), settings);
              ledger.migrations().recordFacts(connection, id, 1, facts);
              ledger.workers().join(connection, id, lead.self, TERM);
              return id;
            });
    lead.epoch = 1;
    lead.keep();
    return lead;
  }

  // Two processes that begin at once must see each other.
  private static void lockMigrations(Store store, Connection connection) throws SQLException {
    if (store.dialect() == LedgerDialect.POSTGRESQL) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "LOCK TABLE " + store.qualifier() + "whimbrel_migrations IN SHARE ROW EXCLUSIVE MODE");
      }
    }
  }

  /**
   * Takes the lead of a migration whose coordinator is gone; waits one term for a live one.
   *
   * @throws StoreRefusedException when another coordinator leads and lives
   */
  static Leadership take(Store store, Ledger ledger, String host, Migration migration)
      throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + TERM.toNanos() + TimeUnit.SECONDS.toNanos(1);
    Leadership lead = new Leadership(store, ledger, host);
    while (lead.liveness.isLed(migration)) {
      if (System.nanoTime() > deadline) {
        throw new StoreRefusedException(
            "another migration of this store is running (migration "
                + migration.migrationId()
                + ", led by "
                + migration.coordinatorId()
                + "): wait for it, or see `whimbrel status`");
      }
      TimeUnit.MILLISECONDS.sleep(250);
    }
    if (!lead.takeEpoch(migration)) {
      throw new StoreRefusedException(
          "another process has just taken the lead of migration " + migration.migrationId());
    }
    return lead;
  }

  /** Takes the lead if nobody has it now; empty when somebody lives, or was quicker. */
  static Optional<Leadership> tryTake(Store store, Ledger ledger, String host, Migration migration)
      throws SQLException {
    Leadership lead = new Leadership(store, ledger, host);
    return !lead.liveness.isLed(migration) && lead.takeEpoch(migration)
        ? Optional.of(lead)
        : Optional.empty();
  }

  private boolean takeEpoch(Migration migration) throws SQLException {
    boolean taken;
    try {
      taken = raiseEpoch(migration);
    } catch (SQLException e) {
      if (EnvironmentErrors.cause(e).orElse(null) != RetryCause.LOCK_TIMEOUT) {
        throw e;
      }
      // The one before is frozen in the middle of a transaction: nobody else holds it that long.
      int ended = store.endHolders("whimbrel_migrations");
      LOG.warn("ended what the last leader left locked: sessions={}", ended);
      taken = raiseEpoch(migration);
    }
    if (!taken) {
      return false;
    }
    migrationId = migration.migrationId();
    epoch = migration.epoch() + 1;
    endLeasesOfTheDead();
    keep();
    return true;
  }

  private boolean raiseEpoch(Migration migration) throws SQLException {
    return store.write(
        connection -> {
          limitLockWaits(connection);
          boolean won =
              ledger
                  .migrations()
                  .takeLead(connection, migration.migrationId(), migration.epoch(), self.id());
          if (won) {
            ledger.workers().join(connection, migration.migrationId(), self, TERM);
          }
          return won;
        });
  }

  private void limitLockWaits(Connection connection) throws SQLException {
    if (store.dialect() == LedgerDialect.POSTGRESQL) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET LOCAL lock_timeout = '1500ms'");
      }
    }
  }

  // What processes of this host left behind when they died need not be waited for.
  private void endLeasesOfTheDead() throws SQLException {
    for (Lease lease :
        store.read(connection -> ledger.workers().running(connection, migrationId))) {
      if (liveness.isDeadHere(lease)) {
        store.update(connection -> ledger.workers().leave(connection, lease.id()));
      }
    }
  }

  private void keep() {
    // A leader that was replaced while it was frozen may wake up anywhere, and must do no harm
    // there: what it would write is refused, a dropped table as well as a row of the ledger.
    store.fence(connection -> ledger.migrations().holdLead(connection, migrationId, epoch));
    long period = TERM.toMillis() / 4;
    Future<?> unused =
        timer.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.MILLISECONDS);
    LOG.debug("leading migration={} epoch={}", migrationId, epoch);
  }

  private void renew() {
    LogContext.migration(migrationId);
    try {
      boolean renewed =
          store.write(connection -> ledger.workers().renew(connection, self.id(), TERM));
      if (!renewed) {
        LOG.warn("the lead of migration={} was taken by another", migrationId);
      }
    } catch (SQLException | RuntimeException e) {
      // The epoch keeps us honest; the next renewal tries again.
      LOG.warn("leader's lease not renewed: {}", e.getMessage());
    }
  }

  /** What a refused write means: that another leads now, or something that nobody has foreseen. */
  RuntimeException lostOr(FencedException refused) throws SQLException {
    Migration now = store.read(connection -> ledger.migrations().get(connection, migrationId));
    return now.epoch() == epoch ? refused : lost(now);
  }

  /** That another leads, by what the ledger says now. */
  static LeadLostException lost(Migration now) {
    return new LeadLostException(
        now.coordinatorId()
            + " has taken the lead of migration "
            + now.migrationId()
            + ", since this process was silent for too long");
  }

  long migrationId() {
    return migrationId;
  }

  long epoch() {
    return epoch;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    store.fence(null);
    try {
      store.update(connection -> ledger.workers().leave(connection, self.id()));
    } catch (SQLException | RuntimeException e) {
      LOG.warn("leader's lease not ended, it runs out by itself: {}", e.getMessage());
    }
  }
}
