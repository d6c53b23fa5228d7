// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FencedException;
import io.whimbrel.ledger.LedgerDialect;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationLedger;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.ledger.RangeLedger.Totals;
import io.whimbrel.migration.MigrateOptions.BackupMode;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.Inspection;
import io.whimbrel.store.Store;
import io.whimbrel.worker.WorkerContext;
import io.whimbrel.worker.WorkerPool;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads one migration from whatever state the ledger names to its end. Each step can be repeated
 * after a crash anywhere in it; the move to the next state is the last thing a step does.
 */
public final class MigrationRun implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MigrationRun.class);

  /** How long a range should take: short enough to lose little, long enough to cost little. */
  private static final long RANGE_TARGET_MILLIS = 400;

  private final RunContext context;
  private final MigrateOptions options;
  private final Steering steering;
  private final Leadership lead;
  private final Facts facts;
  private final BackupTask backup;
  private final Perseverance perseverance;
  private final Drainer drainer;
  private final Throttle throttle;
  private @Nullable WorkerPool pool;

  private MigrationRun(
      RunContext context, MigrateOptions options, Steering steering, Leadership lead, Facts facts) {
    this.context = context;
    this.options = options;
    this.steering = steering;
    this.lead = lead;
    this.facts = facts;
    this.perseverance = new Perseverance(context, steering, new Pauses(context, steering, lead));
    this.drainer = new Drainer(context, lead);
    this.throttle = new Throttle(context, lead);
    this.backup = new BackupTask(context.store(), options, lead.migrationId(), context.clock());
  }

  /** Begins a migration of the store. */
  public static MigrationRun begin(
      RunContext context,
      MigrateOptions options,
      Steering steering,
      MigrationKind kind,
      Inspection inspection)
      throws SQLException {
    Store store = context.store();
    store.update(connection -> context.ledger().schema().create(connection));
    Facts facts = new Facts();
    facts.layout = inspection.layoutName();
    facts.wholeStoreBytesBefore = inspection.sizes().wholeStore();
    facts.storeMode = store.mode();
    // With its facts from the start: whoever goes on after a crash must know the old journal mode.
    Leadership lead =
        Leadership.begin(
            store,
            context.ledger(),
            context.host(),
            kind,
            options.settings().toJson(),
            facts.toJson());
    MigrationRun run = new MigrationRun(context, options, steering, lead, facts);
    run.postponeIfAsked();
    return run;
  }

  /** Goes on with a migration that another process left unfinished. */
  public static MigrationRun resume(
      RunContext context, MigrateOptions options, Steering steering, Migration migration)
      throws SQLException, InterruptedException {
    return led(
        context,
        options,
        steering,
        Leadership.take(context.store(), context.ledger(), context.host(), migration));
  }

  /** Goes on with a migration if nobody leads it now; empty when somebody does. */
  static Optional<MigrationRun> takeOver(
      RunContext context, MigrateOptions options, Steering steering, Migration migration)
      throws SQLException {
    Optional<Leadership> lead =
        Leadership.tryTake(context.store(), context.ledger(), context.host(), migration);
    return lead.isPresent()
        ? Optional.of(led(context, options, steering, lead.get()))
        : Optional.empty();
  }

  // What the one before wrote last counts, not what was read before the lead was taken.
  private static MigrationRun led(
      RunContext context, MigrateOptions options, Steering steering, Leadership lead)
      throws SQLException {
    boolean handedOver = false;
    try {
      Migration migration =
          context
              .store()
              .read(
                  connection -> context.ledger().migrations().get(connection, lead.migrationId()));
      MigrationRun run =
          new MigrationRun(context, options, steering, lead, Facts.fromJson(migration.facts()));
      run.postponeIfAsked();
      context
          .store()
          .update(connection -> context.ledger().unblock(connection, lead.migrationId()));
      handedOver = true;
      return run;
    } finally {
      if (!handedOver) {
        // A lease that is renewed without anybody leading would keep all others waiting.
        lead.close();
      }
    }
  }

  private void postponeIfAsked() throws SQLException {
    if (options.postponeCutOver()) {
      context
          .store()
          .update(connection -> migrations().setPostponed(connection, lead.migrationId(), true));
    }
  }

  public long migrationId() {
    return lead.migrationId();
  }

  /**
   * Runs to the end.
   *
   * @return the migration as the ledger has it then
   */
  public Migration run() throws SQLException, InterruptedException {
    try {
      return advanceOrRollBack();
    } catch (FencedException e) {
      throw lead.lostOr(e);
    }
  }

  private Migration advanceOrRollBack() throws SQLException, InterruptedException {
    try {
      return advance();
    } catch (RollbackRequiredException e) {
      return rollBack(e.getMessage() == null ? "" : e.getMessage());
    }
  }

  // Every step can be repeated, so trouble of the environment only costs time: a swap whose answer
  // was lost shows its outcome in the ledger.
  private Migration advance() throws SQLException, InterruptedException {
    while (true) {
      Migration migration =
          perseverance.through(
              () -> {
                Migration now = load();
                step(now);
                return now;
              });
      if (migration.state().isTerminal() || migration.state() == MigrationState.FAILED) {
        return perseverance.through(this::load);
      }
    }
  }

  private void step(Migration migration) throws SQLException, InterruptedException {
    context.metrics().phase(migration.state());
    if (migration.cancelled() && canBeUndone(migration.state())) {
      throw new RollbackRequiredException("cancelled by a person");
    }
    FaultPoint.IN_STEP.hit();
    long start = System.nanoTime();
    switch (migration.state()) {
      case CREATED -> created(migration);
      case SNAPSHOT -> new SnapshotStep(context, lead, facts).run(migration);
      case COPYING -> copy(migration);
      case CATCHING_UP -> catchUp(migration);
      case VERIFYING -> verify(migration);
      case CUTTING_OVER -> cutOver(migration);
      case COMPLETED -> settle(migration);
      case ROLLING_BACK -> undo(migration);
      case ROLLED_BACK, FINALIZED, FAILED -> {}
    }
    facts.phaseMillis.merge(
        migration.state().name(), (System.nanoTime() - start) / 1_000_000, Long::sum);
    saveFacts();
  }

  private static boolean canBeUndone(MigrationState state) {
    return !state.isTerminal()
        && state != MigrationState.ROLLING_BACK
        && state != MigrationState.FAILED;
  }

  private Migration load() throws SQLException {
    return context.store().read(connection -> migrations().get(connection, lead.migrationId()));
  }

  private MigrationLedger migrations() {
    return context.ledger().migrations();
  }

  private void move(MigrationState from, MigrationState to, @Nullable String reason)
      throws SQLException {
    context
        .store()
        .update(
            connection ->
                migrations().move(connection, lead.migrationId(), lead.epoch(), from, to, reason));
    LOG.info("migration={} {} -> {}", lead.migrationId(), from, to);
  }

  private void saveFacts() throws SQLException {
    facts.save(context, lead);
  }

  private void created(Migration migration) throws SQLException, InterruptedException {
    context.store().enterRunMode();
    // On SQLite the backup comes first: it reads the whole file in one step. Elsewhere it runs
    // beside the copy and is waited for before the swap.
    if (context.store().dialect() == LedgerDialect.SQLITE && facts.backup == null) {
      context.progress().message(backup.announcement());
      backup.start();
      facts.backup = backup.await();
      saveFacts();
    }
    move(migration.state(), MigrationState.SNAPSHOT, null);
  }

  private void copy(Migration migration) throws SQLException, InterruptedException {
    if (facts.backup == null && migration.kind() == MigrationKind.SHADOW_COPY) {
      backup.start();
    }
    boolean inPlace = migration.kind() == MigrationKind.IN_PLACE;
    distributor(migration, inPlace ? RangeKind.PACK : RangeKind.COPY).run();
    if (inPlace) {
      facts.backup = facts.backup == null ? backup.await() : facts.backup;
      stopPool();
      move(MigrationState.COPYING, MigrationState.COMPLETED, null);
    } else {
      move(MigrationState.COPYING, MigrationState.CATCHING_UP, null);
    }
  }

  private void catchUp(Migration migration) throws SQLException, InterruptedException {
    drainRounds(migration);
    context.progress().message("building indexes and statistics");
    while (!context.store().shadowTable().index(migration.migrationId())) {
      context.progress().message("unique values moved between memories: one more round");
      drainRounds(migration);
    }
    drainRounds(migration);
    move(MigrationState.CATCHING_UP, MigrationState.VERIFYING, null);
  }

  // Rounds until few enough changes are left; the first also finishes what a crash left open.
  private void drainRounds(Migration migration) throws SQLException, InterruptedException {
    Distributor distributor = distributor(migration, RangeKind.DELTA);
    distributor.run();
    long backlog = drainer.backlog();
    while (!drainer.isSmall(backlog)) {
      drainer.drain(backlog);
      distributor.run();
      backlog = drainer.backlog();
    }
  }

  private void verify(Migration migration) throws SQLException, InterruptedException {
    context
        .store()
        .update(
            connection -> {
              migrations().guard(connection, lead.migrationId(), lead.epoch());
              context.ledger().ranges().addVerifyRanges(connection, lead.migrationId());
            });
    Totals verified = distributor(migration, RangeKind.VERIFY).run();
    if (verified.mismatches() > 0) {
      throw new RollbackRequiredException(
          "the copy differs from the store: " + verified.mismatches() + " memories differ");
    }
    move(MigrationState.VERIFYING, MigrationState.CUTTING_OVER, null);
  }

  private Distributor distributor(Migration migration, RangeKind kind) throws SQLException {
    // The settings that the run began with, so that a restart with other options changes nothing.
    MigrationSettings settings = MigrationSettings.fromJson(migration.settings());
    startPool(migration);
    Planner planner =
        new Planner(
            context,
            lead,
            kind,
            migration,
            settings.batchSize(),
            RANGE_TARGET_MILLIS,
            Math.max(1, options.workers()));
    context.metrics().storeMemories(migration.memories());
    context.metrics().failureRatioLimit(settings.maxFailureRate());
    return new Distributor(
        context,
        lead,
        steering,
        kind,
        planner,
        new FailureGuard(migration.memories(), settings.maxFailureRate()),
        pool,
        migration.kind() == MigrationKind.IN_PLACE ? null : drainer,
        throttle,
        kind == RangeKind.DELTA ? 0 : migration.memories(),
        perseverance);
  }

  private void startPool(Migration migration) throws SQLException {
    if (options.workers() == 0 || pool != null) {
      return;
    }
    pool =
        new WorkerPool(
            new WorkerContext(
                context.store(),
                context.ledger(),
                context.grid(),
                context.metrics(),
                context.clock(),
                "embedded-" + UUID.randomUUID().toString().substring(0, 8),
                context.host(),
                options.workers(),
                migration.migrationId(),
                MigrationSettings.fromJson(migration.settings()),
                WorkerContext.LEASE_TERM_DEFAULT));
    pool.start(migration.dictionaryId());
  }

  private void stopPool() {
    if (pool != null) {
      pool.close();
      pool = null;
    }
  }

  private void cutOver(Migration migration) throws SQLException, InterruptedException {
    String fingerprint = migration.fingerprint();
    if (fingerprint == null) {
      throw new IllegalStateException("a migration cannot be cut over without its fingerprint");
    }
    if (facts.backup == null && options.backup() == BackupMode.AUTO) {
      context.progress().message("waiting for the backup to be verified");
    }
    try {
      new CutOver(context, lead, facts, backup, drainer, distributor(migration, RangeKind.DELTA))
          .run(fingerprint);
    } catch (CutOverRefusedException e) {
      fail(MigrationState.CUTTING_OVER, String.valueOf(e.getMessage()));
    }
    stopPool();
    facts.changesDrained += drainer.keysTaken();
  }

  // A person must look: the store serves in its old form, the copy is kept beside it.
  private void fail(MigrationState from, String reason) throws SQLException {
    stopPool();
    move(from, MigrationState.FAILED, reason);
    throw new MigrationFailedException(reason);
  }

  private void settle(Migration migration) throws SQLException {
    if (facts.settled) {
      return;
    }
    if (migration.kind() == MigrationKind.SHADOW_COPY) {
      context.store().shadowTable().afterCutOver(migration.migrationId());
    }
    restoreMode();
    facts.settled = true;
    saveFacts();
  }

  private void restoreMode() throws SQLException {
    String mode = facts.storeMode == null ? "" : facts.storeMode;
    if (!facts.settled && !context.store().restoreMode(mode)) {
      context
          .progress()
          .message(
              "the store stays in journal mode WAL: another process has it open; `PRAGMA"
                  + " journal_mode="
                  + mode
                  + "` puts it back");
    }
  }

  /** Undoes everything, on all workers, and says why in the ledger. */
  public Migration rollBack(String reason) throws SQLException, InterruptedException {
    Migration migration = load();
    if (migration.state() != MigrationState.ROLLING_BACK) {
      move(migration.state(), MigrationState.ROLLING_BACK, reason);
    }
    context.progress().message("rolling back: " + reason);
    return advance();
  }

  private void undo(Migration migration) throws SQLException {
    backup.cancel();
    stopPool();
    new RollBackStep(context, lead, facts).run(migration);
    restoreMode();
    FaultPoint.AFTER_ROLLBACK.hit();
    move(MigrationState.ROLLING_BACK, MigrationState.ROLLED_BACK, migration.reason());
  }

  @Override
  public void close() {
    stopPool();
    backup.cancel();
    lead.close();
  }
}
