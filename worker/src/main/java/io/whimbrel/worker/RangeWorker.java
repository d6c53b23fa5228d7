// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.format.Dictionary;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.grid.GridUnavailableException;
import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FencedException;
import io.whimbrel.ledger.RangeOutcome;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.metrics.ClaimOutcome;
import io.whimbrel.metrics.CommitOutcome;
import io.whimbrel.metrics.RetryCause;
import io.whimbrel.metrics.Stage;
import io.whimbrel.retry.Backoff;
import io.whimbrel.retry.EnvironmentErrors;
import io.whimbrel.store.ComparisonCursor;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.LegacyRow;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.StoreSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread of a worker: poll a hint, claim its range, process it, commit it. A commit is refused
 * by the ledger when the claim was given to somebody else meanwhile; the work is thrown away then.
 */
final class RangeWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RangeWorker.class);
  private static final Duration POLL = Duration.ofMillis(200);

  private final WorkerContext context;
  private final WorkerCounters counters;
  private final WorkerControl control;
  private final LargeContents largeContents;
  private final LegacyContentDecoder decoder = new LegacyContentDecoder();
  private final SegmentPacker packer;
  private final SegmentUnpacker unpacker;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private @Nullable StoreSession session;
  private @Nullable ClaimedRange held;
  private boolean hintless;

  RangeWorker(
      WorkerContext context,
      @Nullable Dictionary dictionary,
      WorkerCounters counters,
      WorkerControl control,
      LargeContents largeContents) {
    this.context = context;
    this.counters = counters;
    this.control = control;
    this.largeContents = largeContents;
    this.packer =
        new SegmentPacker(
            1,
            0,
            dictionary,
            context.settings().level(),
            context.settings().segmentBytes(),
            segment -> {
              throw new IllegalStateException("a packer must be given its range first");
            });
    this.unpacker =
        new SegmentUnpacker(
            id -> {
              if (dictionary == null || dictionary.id() != id) {
                throw new IllegalStateException("a segment names dictionary " + id);
              }
              return dictionary;
            });
  }

  void run() throws SQLException, InterruptedException {
    int emptyPolls = 0;
    int failures = 0;
    while (!control.isStopping()) {
      if (!control.mayClaim()) {
        pause(POLL);
        continue;
      }
      try {
        ClaimedRange claim = nextClaim(emptyPolls).orElse(null);
        emptyPolls = claim == null ? emptyPolls + 1 : 0;
        if (claim != null) {
          process(claim);
          // An empty poll proves nothing: another thread may hold the range that fails.
          failures = 0;
          control.wentWell();
        }
      } catch (FencedException e) {
        fenced(String.valueOf(e.getMessage()));
      } catch (SQLException | RuntimeException e) {
        failures++;
        retryOrThrow(held, e, failures);
      } finally {
        hold(null);
      }
    }
  }

  private void fenced(String what) {
    counters.fencedCommits.increment();
    context.metrics().commit(CommitOutcome.FENCED);
    LOG.warn(
        "late commit refused, its work is thrown away: {} worker={}", what, context.workerId());
  }

  private void retryOrThrow(@Nullable ClaimedRange claim, Exception e, int failures)
      throws SQLException, InterruptedException {
    RetryCause cause = EnvironmentErrors.cause(e).orElse(RetryCause.DATA);
    context.metrics().retry(cause);
    counters.retries.increment();
    closeSession();
    handBack(claim);
    // The environment may take its time, and the coordinator decides how long; an error of the data
    // will not go away by waiting.
    if (cause != RetryCause.DATA) {
      control.failed(cause + ": " + e.getMessage());
    } else if (failures >= 3) {
      if (e instanceof SQLException sql) {
        throw sql;
      }
      throw (RuntimeException) e;
    }
    LOG.warn(
        "range failed, trying again: range={} cause={} failures={}: {}",
        claim == null ? "none" : claim.rangeId(),
        cause,
        failures,
        e.getMessage());
    pauseUnlessStopping(Backoff.RANGE.delayAfter(failures, random));
  }

  private Optional<ClaimedRange> nextClaim(int emptyPolls) throws SQLException {
    OptionalLong hint = OptionalLong.empty();
    boolean gridAway = false;
    try {
      hint = context.grid().pollHint(hintless ? Duration.ofMillis(1) : POLL);
    } catch (GridUnavailableException e) {
      gridAway = true;
    }
    if (hint.isEmpty() && !gridAway && !hintless && emptyPolls % 10 != 9) {
      return Optional.empty();
    }
    // Without a hint the ledger itself is asked now and then: hints can be lost.
    OptionalLong hinted = hint;
    Optional<ClaimedRange> claim;
    try (RangeTransaction transaction = session().begin()) {
      claim =
          hinted.isPresent()
              ? context
                  .ledger()
                  .ranges()
                  .claim(
                      transaction.connection(),
                      context.migrationId(),
                      hinted.getAsLong(),
                      context.workerId(),
                      session().writerBackend())
              : context
                  .ledger()
                  .ranges()
                  .claimAny(
                      transaction.connection(),
                      context.migrationId(),
                      context.workerId(),
                      session().writerBackend());
      transaction.commit();
    }
    // Where there was one without a hint there are more: the hints went to another grid.
    hintless = hint.isEmpty() && claim.isPresent();
    if (hint.isPresent()) {
      context.metrics().claim(claim.isPresent() ? ClaimOutcome.WON : ClaimOutcome.LOST);
    } else if (gridAway && claim.isEmpty()) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    return claim;
  }

  private void process(ClaimedRange claim) throws SQLException {
    if (claim.kind() == RangeKind.VERIFY) {
      hold(claim);
      verify(claim);
      return;
    }
    ClaimedRange rest = claim;
    while (rest != null) {
      hold(rest);
      try (LargeContents.Hold hold = largeContents.new Hold()) {
        rest = packAndCommit(rest, hold);
      }
    }
  }

  private void hold(@Nullable ClaimedRange claim) {
    if (held != null) {
      counters.currentRanges.remove(held.rangeId());
    }
    held = claim;
    if (claim != null) {
      counters.currentRanges.add(claim.rangeId());
    }
  }

  /**
   * Packs a range and commits it, or as much of it as one transaction may hold.
   *
   * @return the claim on the rest, or null when nothing is left
   */
  private @Nullable ClaimedRange packAndCommit(ClaimedRange claim, LargeContents.Hold hold)
      throws SQLException {
    long start = System.nanoTime();
    StageTimes times = new StageTimes();
    boolean inPlace = claim.kind() == RangeKind.PACK;
    RangePacking packing =
        new RangePacking(
            decoder, packer, claim.rangeId(), context.settings().inlineBytesMax(), inPlace, times);
    String splitAt = read(claim, packing, inPlace, times, hold);
    if (control.isStopping() && splitAt == null && packing.memories == 0) {
      handBack(claim);
      return null;
    }
    packing.finish();
    KeyRange keys = claim.keys();
    KeyRange done = splitAt == null ? keys : new KeyRange(keys.lower(), splitAt);
    ClaimedRange rest = commit(claim, done, packing, inPlace, start, times);
    times.reportTo(context.metrics());
    if (rest != null && control.isStopping()) {
      handBack(rest);
      return null;
    }
    return rest;
  }

  // Ends early at a full packing, or when the worker is asked to stop: the key read last then ends
  // the part that is committed.
  private @Nullable String read(
      ClaimedRange claim,
      RangePacking packing,
      boolean inPlace,
      StageTimes times,
      LargeContents.Hold hold)
      throws SQLException {
    long at = System.nanoTime();
    StoreSession store = session();
    try (LegacyCursor cursor =
        inPlace ? store.readInline(claim.keys()) : store.readLegacy(claim.keys())) {
      while (cursor.next()) {
        hold.beforeLoading(cursor.contentBytes());
        LegacyRow row = cursor.row();
        times.add(Stage.READ, System.nanoTime() - at);
        packing.add(row);
        if (packing.isFull() || control.isStopping()) {
          return row.key();
        }
        at = System.nanoTime();
      }
    }
    return null;
  }

  private @Nullable ClaimedRange commit(
      ClaimedRange claim,
      KeyRange done,
      RangePacking packing,
      boolean inPlace,
      long startNanos,
      StageTimes times)
      throws SQLException {
    long at = System.nanoTime();
    ClaimedRange rest = null;
    long elapsedMillis = (at - startNanos) / 1_000_000;
    try (RangeTransaction transaction = session().begin()) {
      // The ledger first: a claim that is no longer ours stops here, before any row is written.
      context
          .ledger()
          .ranges()
          .complete(
              transaction.connection(),
              new ClaimedRange(
                  claim.rangeId(),
                  claim.migrationId(),
                  claim.kind(),
                  claim.round(),
                  done,
                  claim.attempt()),
              outcome(packing, elapsedMillis));
      if (!done.upper().equals(claim.keys().upper())) {
        rest =
            context
                .ledger()
                .ranges()
                .addRest(
                    transaction.connection(),
                    claim,
                    new KeyRange(done.upper(), claim.keys().upper()),
                    context.workerId(),
                    session().writerBackend());
      }
      transaction.insertSegments(packing.segments);
      if (inPlace) {
        transaction.packInPlace(packing.rows);
      } else {
        transaction.insertCopies(packing.rows);
      }
      context
          .ledger()
          .failures()
          .record(transaction.connection(), claim.migrationId(), claim.rangeId(), packing.failures);
      times.add(Stage.WRITE, System.nanoTime() - at);
      at = System.nanoTime();
      transaction.commit();
      times.add(Stage.COMMIT, System.nanoTime() - at);
    }
    count(claim, packing, startNanos);
    return rest;
  }

  private static RangeOutcome outcome(RangePacking packing, long elapsedMillis) {
    return new RangeOutcome(
        packing.memories,
        packing.packed,
        packing.rawBytes,
        packing.storedBytes,
        packing.compressedBytes,
        packing.segments.size(),
        0,
        elapsedMillis);
  }

  private void count(ClaimedRange claim, RangePacking packing, long startNanos) {
    long nanos = System.nanoTime() - startNanos;
    counters.ranges.increment();
    counters.memories.add(packing.memories);
    counters.rawBytes.add(packing.rawBytes);
    counters.compressedBytes.add(packing.compressedBytes);
    counters.lastRange(packing.memories, nanos / 1_000_000);
    packing.problems.forEach(
        (problem, memories) -> {
          switch (problem.severity()) {
            case QUARANTINE -> {
              counters.quarantined.add(memories);
              context.metrics().memoriesQuarantined(problem, memories);
            }
            case WARNING -> {
              counters.warned.add(memories);
              context.metrics().memoriesWarned(problem, memories);
            }
          }
        });
    context.metrics().memoriesProcessed(packing.memories);
    context.metrics().contentPacked(packing.rawBytes, packing.compressedBytes);
    context.metrics().commit(CommitOutcome.COMMITTED);
    context.metrics().rangeCommitted(claim.kind(), Duration.ofNanos(nanos));
  }

  private void verify(ClaimedRange claim) throws SQLException {
    long start = System.nanoTime();
    RangeVerification verification = new RangeVerification(decoder, unpacker);
    try (ComparisonCursor cursor = session().compare(claim.keys())) {
      verification.run(cursor);
    }
    verification.examples.forEach(
        example -> LOG.error("mismatch range={} memory={}", claim.rangeId(), example));
    long nanos = System.nanoTime() - start;
    try (RangeTransaction transaction = session().begin()) {
      context
          .ledger()
          .ranges()
          .complete(
              transaction.connection(),
              claim,
              new RangeOutcome(
                  verification.memories,
                  0,
                  verification.rawBytes,
                  0,
                  0,
                  0,
                  verification.mismatches,
                  nanos / 1_000_000));
      transaction.commit();
    }
    counters.ranges.increment();
    counters.memories.add(verification.memories);
    counters.lastRange(verification.memories, nanos / 1_000_000);
    context.metrics().commit(CommitOutcome.COMMITTED);
    context.metrics().rangeCommitted(claim.kind(), Duration.ofNanos(nanos));
  }

  private void handBack(@Nullable ClaimedRange claim) {
    if (claim == null) {
      return;
    }
    try (RangeTransaction transaction = session().begin()) {
      boolean released = context.ledger().ranges().release(transaction.connection(), claim);
      boolean lost =
          !released && !context.ledger().ranges().isCommitted(transaction.connection(), claim);
      transaction.commit();
      if (lost) {
        // The reaper ended our session with the claim, so the commit never came to be refused.
        fenced("range=" + claim.rangeId() + " attempt=" + claim.attempt() + " is another's now");
      }
      if (released) {
        LOG.info("handed back range={} worker={}", claim.rangeId(), context.workerId());
        context.grid().offerHint(claim.rangeId(), Duration.ofMillis(10));
      }
    } catch (SQLException | RuntimeException e) {
      // The lease will run out, and the reaper gives the range to somebody else.
      LOG.warn("range not handed back: range={}: {}", claim.rangeId(), e.getMessage());
    }
  }

  private StoreSession session() throws SQLException {
    if (session == null) {
      session = context.store().openSession(context.migrationId());
    }
    return session;
  }

  // After an error the connections may be in any state: new ones are cheaper than guessing.
  private void closeSession() {
    if (session != null) {
      try {
        session.close();
      } catch (RuntimeException e) {
        LOG.debug("closing a broken session", e);
      }
      session = null;
    }
  }

  private void pauseUnlessStopping(Duration duration) throws InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    while (!control.isStopping() && System.nanoTime() - end < 0) {
      pause(Duration.ofNanos(Math.min(POLL.toNanos(), Math.max(1, end - System.nanoTime()))));
    }
  }

  private static void pause(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }

  @Override
  public void close() {
    closeSession();
    packer.close();
    unpacker.close();
  }
}
