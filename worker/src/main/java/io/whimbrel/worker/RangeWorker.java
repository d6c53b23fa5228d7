// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.format.Dictionary;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.grid.GridUnavailableException;
import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FailureLedger;
import io.whimbrel.ledger.FailureLedger.Failure;
import io.whimbrel.ledger.FencedException;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.metrics.ClaimOutcome;
import io.whimbrel.metrics.CommitOutcome;
import io.whimbrel.metrics.RetryCause;
import io.whimbrel.retry.Backoff;
import io.whimbrel.retry.EnvironmentErrors;
import io.whimbrel.store.RangeTransaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
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

  /** Short, for it is also how long the end of a run waits for idle threads. */
  private static final Duration POLL = Duration.ofMillis(50);

  /** Hints can be lost: so many empty polls, two seconds, and the ledger itself is asked. */
  private static final int POLLS_UNTIL_LEDGER = 40;

  private final WorkerContext context;
  private final int thread;
  private final WorkerCounters counters;
  private final WorkerControl control;
  private final LargeContents largeContents;
  private final WorkerSession session;
  private final RangeCopier copier;
  private final RangeVerifier verifier;
  private final SegmentUnpacker unpacker;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private @Nullable ClaimedRange held;
  private boolean hintless;

  RangeWorker(
      WorkerContext context,
      int thread,
      @Nullable Dictionary dictionary,
      WorkerCounters counters,
      WorkerControl control,
      LargeContents largeContents) {
    this.context = context;
    this.thread = thread;
    this.counters = counters;
    this.control = control;
    this.largeContents = largeContents;
    this.unpacker =
        new SegmentUnpacker(
            id -> {
              if (dictionary == null || dictionary.id() != id) {
                throw new IllegalStateException("a segment names dictionary " + id);
              }
              return dictionary;
            });
    this.session = new WorkerSession(context);
    LegacyContentDecoder decoder = new LegacyContentDecoder(context.settings().unpackedBytesMax());
    SegmentPacker packer =
        new SegmentPacker(
            1,
            0,
            dictionary,
            context.settings().level(),
            context.settings().segmentBytes(),
            segment -> {
              throw new IllegalStateException("a packer must be given its range first");
            });
    this.copier = new RangeCopier(context, counters, control, session, decoder, packer);
    this.verifier = new RangeVerifier(context, counters, session, largeContents, decoder, unpacker);
  }

  void run() throws SQLException, InterruptedException {
    int emptyPolls = 0;
    int failures = 0;
    while (!control.isStopping()) {
      if (!control.mayClaim(thread, context.threads())) {
        pause(POLL);
        continue;
      }
      try {
        ClaimedRange claim = nextClaim(emptyPolls).orElse(null);
        emptyPolls = claim == null ? emptyPolls + 1 : 0;
        if (claim != null) {
          FaultPoint.AFTER_CLAIM.hit();
          long start = System.nanoTime();
          process(claim);
          // An empty poll proves nothing: another thread may hold the range that fails.
          failures = 0;
          control.health().wentWell();
          rest(Duration.ofNanos(System.nanoTime() - start));
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

  private void rest(Duration range) throws InterruptedException {
    Duration rest = control.restAfter(range, context.threads());
    if (!rest.isZero()) {
      pause(rest);
    }
  }

  private void retryOrThrow(@Nullable ClaimedRange claim, Exception e, int failures)
      throws SQLException, InterruptedException {
    RetryCause cause = EnvironmentErrors.cause(e).orElse(RetryCause.DATA);
    context.metrics().retry(cause);
    counters.retries.increment();
    session.close();
    if (cause == RetryCause.DATA && claim != null) {
      // Waiting mends no data: the range stays aside until a person has looked.
      block(claim, e);
      return;
    }
    handBack(claim);
    // The environment may take its time, and the coordinator decides how long.
    if (cause != RetryCause.DATA) {
      control.health().failed(cause + ": " + e.getMessage());
    } else if (failures >= Backoff.RANGE.attemptsMax()) {
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
    FaultPoint.AFTER_POLL.hit();
    if (hint.isEmpty()
        && !gridAway
        && !hintless
        && emptyPolls % POLLS_UNTIL_LEDGER != POLLS_UNTIL_LEDGER - 1) {
      return Optional.empty();
    }
    // Without a hint the ledger itself is asked now and then: hints can be lost.
    Optional<ClaimedRange> claim;
    try (RangeTransaction transaction = session.get().begin()) {
      claim =
          hint.isPresent()
              ? context
                  .ledger()
                  .ranges()
                  .claim(
                      transaction.connection(),
                      context.migrationId(),
                      hint.getAsLong(),
                      context.workerId(),
                      session.get().writerBackend())
              : context
                  .ledger()
                  .ranges()
                  .claimAny(
                      transaction.connection(),
                      context.migrationId(),
                      context.workerId(),
                      session.get().writerBackend());
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
    hold(claim);
    if (claim.kind() == RangeKind.VERIFY) {
      verifier.verify(claim);
      return;
    }
    PartSize part = new PartSize();
    ClaimedRange rest = claim;
    while (rest != null) {
      hold(rest);
      if (control.isStopping()) {
        handBack(rest);
        return;
      }
      rest = commitPart(rest, part);
    }
  }

  // An error of the data is somewhere in the part: halves find the row.
  private @Nullable ClaimedRange commitPart(ClaimedRange claim, PartSize part) throws SQLException {
    try (LargeContents.Hold largeContent = largeContents.new Hold()) {
      ClaimedRange rest = copier.commitPart(claim, part, largeContent);
      part.committed();
      return rest;
    } catch (FencedException e) {
      throw e;
    } catch (SQLException | RuntimeException e) {
      if (EnvironmentErrors.cause(e).isPresent() || !part.shrink(copier.rowsRead())) {
        throw e;
      }
      context.metrics().retry(RetryCause.DATA);
      session.close();
      LOG.warn(
          "part failed on its data, trying {}: range={} rows={} up to key={}: {}",
          part.isAsStored() ? "the row as it is stored" : part.rowsMax() + " rows",
          claim.rangeId(),
          copier.rowsRead(),
          copier.lastKey(),
          e.getMessage());
      return claim;
    }
  }

  private void hold(@Nullable ClaimedRange claim) {
    if (held != null) {
      counters.release(held);
    }
    held = claim;
    if (claim != null) {
      counters.hold(claim);
    }
  }

  private void block(ClaimedRange claim, Exception e) throws SQLException {
    String key = copier.lastKey();
    String memory = key == null ? "after " + claim.keys().lower() : key;
    LOG.error("range set aside: range={} memory={}", claim.rangeId(), memory, e);
    try (RangeTransaction transaction = session.get().begin()) {
      context.ledger().ranges().block(transaction.connection(), claim);
      context
          .ledger()
          .failures()
          .record(
              transaction.connection(),
              claim.migrationId(),
              claim.rangeId(),
              List.of(new Failure(memory, FailureLedger.BLOCKED, "unwritable", e.toString())));
      transaction.commit();
    }
  }

  private void handBack(@Nullable ClaimedRange claim) {
    if (claim == null) {
      return;
    }
    try (RangeTransaction transaction = session.get().begin()) {
      boolean released = context.ledger().ranges().release(transaction.connection(), claim);
      boolean lost =
          !released && !context.ledger().history().isCommitted(transaction.connection(), claim);
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
    session.close();
    copier.close();
    unpacker.close();
  }
}
