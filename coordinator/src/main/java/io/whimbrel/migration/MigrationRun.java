// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.format.DictionaryTrainer;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FencedException;
import io.whimbrel.ledger.LedgerDialect;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationLedger;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.ledger.RangeLedger.Totals;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.migration.MigrateOptions.BackupMode;
import io.whimbrel.retry.Backoff;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.Inspection;
import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.ShadowTable.LedgerStep;
import io.whimbrel.store.SnapshotReader.Extent;
import io.whimbrel.store.Store;
import io.whimbrel.worker.WorkerContext;
import io.whimbrel.worker.WorkerPool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads one migration from whatever state the ledger names to its end. Each step can be repeated
 * after a crash anywhere in it; the move to the next state is the last thing a step does.
 */
public final class MigrationRun implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MigrationRun.class);
  private static final int SAMPLE_MEMORIES_MAX = 8_000;
  private static final long SAMPLE_BYTES_MAX = 6L << 20;
  private static final int DICTIONARY_BYTES_MAX = 64 << 10;
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);
  private static final Backoff SWAP_BACKOFF =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10), 30);

  /** How long a range should take: short enough to lose little, long enough to cost little. */
  private static final long RANGE_TARGET_MILLIS = 400;

  private final RunContext context;
  private final MigrateOptions options;
  private final Steering steering;
  private final Leadership lead;
  private final Facts facts;
  private final BackupTask backup;
  private final Perseverance perseverance;
  private @Nullable WorkerPool pool;

  private MigrationRun(
      RunContext context, MigrateOptions options, Steering steering, Leadership lead, Facts facts) {
    this.context = context;
    this.options = options;
    this.steering = steering;
    this.lead = lead;
    this.facts = facts;
    this.perseverance = new Perseverance(context, steering, new Pauses(context, steering, lead));
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
    Leadership lead =
        Leadership.begin(
            store, context.ledger(), context.host(), kind, options.settings().toJson());
    Facts facts = new Facts();
    facts.layout = inspection.layoutName();
    facts.wholeStoreBytesBefore = inspection.sizes().wholeStore();
    facts.storeMode = store.mode();
    MigrationRun run = new MigrationRun(context, options, steering, lead, facts);
    run.saveFacts();
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
      handedOver = true;
      return run;
    } finally {
      if (!handedOver) {
        // A lease that is renewed without anybody leading would keep all others waiting.
        lead.close();
      }
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
    long start = System.nanoTime();
    switch (migration.state()) {
      case CREATED -> created(migration);
      case SNAPSHOT -> snapshot(migration);
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
    context
        .store()
        .update(
            connection ->
                migrations()
                    .recordFacts(connection, lead.migrationId(), lead.epoch(), facts.toJson()));
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

  private void snapshot(Migration migration) throws SQLException {
    Store store = context.store();
    boolean inPlace = migration.kind() == MigrationKind.IN_PLACE;
    context.progress().message("counting memories and training a dictionary");
    if (!inPlace) {
      // Before the first read: from here on no change can be missed.
      store.capture().install();
    }
    String fingerprint = store.inspector().fingerprint();
    Extent extent = store.snapshotReader().extent();
    long memories =
        inPlace
            ? store
                .snapshotReader()
                .inlineMemories(MigrationSettings.fromJson(migration.settings()).inlineBytesMax())
            : extent.memories();
    if (!inPlace) {
      store.shadowTable().create(migration.migrationId());
    }
    List<byte[]> samples = sample();
    Optional<byte[]> dictionary = DictionaryTrainer.train(samples, DICTIONARY_BYTES_MAX);
    context
        .store()
        .update(
            connection -> {
              Integer dictionaryId = null;
              if (dictionary.isPresent()) {
                dictionaryId = store.shadowTable().nextDictionaryId(connection);
                store
                    .shadowTable()
                    .insertDictionary(connection, dictionaryId, samples.size(), dictionary.get());
              }
              migrations()
                  .recordSnapshot(
                      connection,
                      lead.migrationId(),
                      lead.epoch(),
                      fingerprint,
                      memories,
                      extent.highestKey(),
                      dictionaryId);
              migrations()
                  .move(
                      connection,
                      lead.migrationId(),
                      lead.epoch(),
                      MigrationState.SNAPSHOT,
                      MigrationState.COPYING,
                      null);
            });
    facts.dictionaryBytes = dictionary.map(body -> body.length).orElse(0);
  }

  private List<byte[]> sample() throws SQLException {
    LegacyContentDecoder decoder = new LegacyContentDecoder();
    List<byte[]> texts = new ArrayList<>();
    for (StoredContent content :
        context.store().snapshotReader().sample(SAMPLE_MEMORIES_MAX, SAMPLE_BYTES_MAX)) {
      DecodedContent decoded = decoder.decode(content);
      if (decoded instanceof DecodedText text && text.utf8().length > 0) {
        texts.add(text.utf8());
      }
    }
    return texts;
  }

  private void copy(Migration migration) throws SQLException, InterruptedException {
    if (facts.backup == null && migration.kind() == MigrationKind.SHADOW_COPY) {
      backup.start();
    }
    boolean inPlace = migration.kind() == MigrationKind.IN_PLACE;
    distribute(migration, inPlace ? RangeKind.PACK : RangeKind.COPY);
    if (inPlace) {
      facts.backup = facts.backup == null ? backup.await() : facts.backup;
      stopPool();
      move(MigrationState.COPYING, MigrationState.COMPLETED, null);
    } else {
      move(MigrationState.COPYING, MigrationState.CATCHING_UP, null);
    }
  }

  private void catchUp(Migration migration) throws SQLException {
    context.progress().message("building indexes and statistics");
    context.store().shadowTable().index(migration.migrationId());
    move(MigrationState.CATCHING_UP, MigrationState.VERIFYING, null);
  }

  private void verify(Migration migration) throws SQLException, InterruptedException {
    context
        .store()
        .update(
            connection -> {
              migrations().guard(connection, lead.migrationId(), lead.epoch());
              context.ledger().ranges().addVerifyRanges(connection, lead.migrationId());
            });
    Totals verified = distribute(migration, RangeKind.VERIFY);
    Totals copied =
        context
            .store()
            .read(
                connection ->
                    context
                        .ledger()
                        .ranges()
                        .totals(connection, lead.migrationId(), RangeKind.COPY));
    long rows = context.store().shadowTable().count(migration.migrationId());
    if (verified.mismatches() > 0 || rows != copied.memories()) {
      refuseIfChanged();
      throw new RollbackRequiredException(
          "the copy differs from the store: "
              + verified.mismatches()
              + " memories differ, "
              + rows
              + " rows of "
              + copied.memories()
              + " are there");
    }
    move(MigrationState.VERIFYING, MigrationState.CUTTING_OVER, null);
  }

  // A difference that the log explains is no fault of the copy.
  private void refuseIfChanged() throws SQLException {
    long pending =
        context.store().read(connection -> context.store().capture().pending(connection));
    if (pending > 0) {
      fail(
          MigrationState.VERIFYING,
          pending + " changes were written to the store since the copy" + " began");
    }
  }

  private Totals distribute(Migration migration, RangeKind kind)
      throws SQLException, InterruptedException {
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
            migration.memories(),
            perseverance)
        .run();
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
    stopPool();
    if (facts.backup == null) {
      if (options.backup() == BackupMode.AUTO) {
        context.progress().message("waiting for the backup to be verified");
      }
      facts.backup = backup.await();
      saveFacts();
    }
    String fingerprint = migration.fingerprint();
    if (fingerprint == null) {
      throw new IllegalStateException("a migration cannot be cut over without its fingerprint");
    }
    LedgerStep step =
        new LedgerStep(
            List.of(
                migrations()
                    .moveStatement(
                        lead.migrationId(),
                        lead.epoch(),
                        MigrationState.CUTTING_OVER,
                        MigrationState.COMPLETED)));
    for (int attempt = 1; ; attempt++) {
      try {
        context.store().shadowTable().cutOver(lead.migrationId(), fingerprint, LOCK_TIMEOUT, step);
        LOG.info("migration={} CUTTING_OVER -> COMPLETED", lead.migrationId());
        return;
      } catch (LockNotAvailableException e) {
        if (!SWAP_BACKOFF.allows(attempt + 1)) {
          throw new PauseRequiredException("the swap never got its locks: " + e.getMessage(), e);
        }
        Duration wait = SWAP_BACKOFF.delayAfter(attempt, RandomGenerator.getDefault());
        context
            .progress()
            .message(
                String.format(
                    Locale.ROOT,
                    "cut-over attempt %d: %s; next in %d ms",
                    attempt,
                    e.getMessage(),
                    wait.toMillis()));
        TimeUnit.MILLISECONDS.sleep(wait.toMillis());
      } catch (FencedException e) {
        if (load().cancelled()) {
          throw new RollbackRequiredException("cancelled by a person");
        }
        throw e;
      } catch (CutOverRefusedException e) {
        fail(MigrationState.CUTTING_OVER, String.valueOf(e.getMessage()));
      }
    }
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
    if (!context.store().restoreMode(mode)) {
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
    Store store = context.store();
    backup.cancel();
    stopPool();
    takeAllRanges();
    try {
      context.grid().clearHints();
    } catch (io.whimbrel.grid.GridUnavailableException e) {
      LOG.debug("grid out of reach: old hints are harmless", e);
    }
    if (migration.kind() == MigrationKind.IN_PLACE) {
      store.shadowTable().unpackInPlace(migration.migrationId());
    } else {
      store.capture().remove();
      store.shadowTable().drop(migration.migrationId());
    }
    restoreMode();
    move(MigrationState.ROLLING_BACK, MigrationState.ROLLED_BACK, migration.reason());
  }

  // After this no commit of any worker can succeed: its range is gone. The backends go first, since
  // a
  // client frozen inside COPY would hold its row against us; and once more while any range is open,
  // since a commit under way may just have added the rest of a split one.
  private void takeAllRanges() throws SQLException {
    Store store = context.store();
    Reaper reaper = new Reaper(store, context.ledger());
    int open;
    do {
      reaper.terminateAll(lead.migrationId());
      store.update(
          connection -> {
            migrations().guard(connection, lead.migrationId(), lead.epoch());
            context.ledger().ranges().cancelOpen(connection, lead.migrationId());
          });
      open =
          store.read(connection -> context.ledger().ranges().open(connection, lead.migrationId()));
    } while (open > 0);
  }

  @Override
  public void close() {
    stopPool();
    backup.cancel();
    lead.close();
  }
}
