// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.RangeLedger;
import io.whimbrel.ledger.RangeOutcome;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.metrics.CommitOutcome;
import io.whimbrel.metrics.Stage;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.LegacyRow;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.StoreSession;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Packs the rows of COPY, DELTA and PACK ranges for a worker thread and commits them. A range that
 * is more than one transaction may hold is committed in parts; the rest then is a range of its own,
 * under the same worker's claim.
 */
final class RangeCopier implements AutoCloseable {

  private final WorkerContext context;
  private final WorkerCounters counters;
  private final WorkerControl control;
  private final WorkerSession session;
  private final LegacyContentDecoder decoder;
  private final SegmentPacker packer;
  private int rowsRead;
  private @Nullable String lastKey;

  RangeCopier(
      WorkerContext context,
      WorkerCounters counters,
      WorkerControl control,
      WorkerSession session,
      LegacyContentDecoder decoder,
      SegmentPacker packer) {
    this.context = context;
    this.counters = counters;
    this.control = control;
    this.session = session;
    this.decoder = decoder;
    this.packer = packer;
  }

  /** Rows that the last part read, also when it failed. */
  int rowsRead() {
    return rowsRead;
  }

  /** The key that the last part read last; null when it read none. */
  @Nullable String lastKey() {
    return lastKey;
  }

  /**
   * Packs a range and commits it, or as much of it as one transaction may hold.
   *
   * @return the claim on the rest, or null when nothing is left
   */
  @Nullable ClaimedRange commitPart(
      ClaimedRange claim, PartSize part, LargeContents.Hold largeContent) throws SQLException {
    long start = System.nanoTime();
    StageTimes times = new StageTimes();
    RangePacking packing =
        new RangePacking(
            decoder,
            packer,
            claim,
            session.get().layout(),
            context.settings().inlineBytesMax(),
            times);
    boolean more = read(claim, packing, part, times, largeContent);
    packing.finish();
    ClaimedRange rest = commit(claim, more ? lastKey : null, packing, start, times);
    count(claim, packing, start);
    times.reportTo(context.metrics());
    return rest;
  }

  // Ends early at a full packing, or when the worker is asked to stop: the key read last then ends
  // the part that is committed.
  private boolean read(
      ClaimedRange claim,
      RangePacking packing,
      PartSize part,
      StageTimes times,
      LargeContents.Hold largeContent)
      throws SQLException {
    rowsRead = 0;
    lastKey = null;
    long at = System.nanoTime();
    int rowsMax = Math.min(part.rowsMax(), session.get().rowsPerTransaction());
    try (LegacyCursor cursor = open(claim)) {
      while (cursor.next()) {
        largeContent.beforeLoading(cursor.contentBytes());
        LegacyRow row = cursor.row();
        FaultPoint.MID_COPY.hit();
        times.add(Stage.READ, System.nanoTime() - at);
        rowsRead++;
        lastKey = row.key();
        if (part.isAsStored()) {
          packing.addAsStored(row);
        } else {
          packing.add(row);
        }
        if (packing.isFull() || rowsRead >= rowsMax || control.isStopping()) {
          return true;
        }
        at = System.nanoTime();
      }
    }
    return false;
  }

  private LegacyCursor open(ClaimedRange claim) throws SQLException {
    StoreSession store = session.get();
    return switch (claim.kind()) {
      case COPY -> store.readLegacy(claim.keys());
      case DELTA -> store.readDelta(claim.migrationId(), claim.rangeId());
      case PACK -> store.readInline(claim.keys());
      case VERIFY -> throw new IllegalArgumentException("a VERIFY range is not copied");
    };
  }

  private @Nullable ClaimedRange commit(
      ClaimedRange claim,
      @Nullable String upTo,
      RangePacking packing,
      long startNanos,
      StageTimes times)
      throws SQLException {
    long at = System.nanoTime();
    boolean delta = claim.kind() == RangeKind.DELTA;
    ClaimedRange rest = null;
    try (RangeTransaction transaction = session.get().begin()) {
      RangeLedger ranges = context.ledger().ranges();
      // The ledger first: a claim that is no longer ours stops here, before any row is written.
      ranges.complete(
          transaction.connection(),
          upTo == null || delta ? claim : claim.endingAt(upTo),
          outcome(packing, (at - startNanos) / 1_000_000));
      if (upTo != null && (delta || !upTo.equals(claim.keys().upper()))) {
        rest =
            ranges.addRest(
                transaction.connection(),
                claim,
                restOf(claim, upTo),
                context.workerId(),
                session.get().writerBackend());
      }
      transaction.insertSegments(packing.segments);
      switch (claim.kind()) {
        case COPY -> transaction.insertCopies(packing.rows);
        case PACK -> transaction.packInPlace(packing.rows);
        case DELTA -> replace(transaction, claim, upTo, rest, packing);
        case VERIFY -> throw new IllegalArgumentException("a VERIFY range is not copied");
      }
      context
          .ledger()
          .failures()
          .record(transaction.connection(), claim.migrationId(), claim.rangeId(), packing.failures);
      times.add(Stage.WRITE, System.nanoTime() - at);
      at = System.nanoTime();
      FaultPoint.BEFORE_COMMIT.hit();
      transaction.commit();
      FaultPoint.AFTER_COMMIT.hit();
      times.add(Stage.COMMIT, System.nanoTime() - at);
    }
    return rest;
  }

  // The keys of a DELTA range are a list: its bounds only have to differ from all others.
  private static KeyRange restOf(ClaimedRange claim, String upTo) {
    KeyRange keys = claim.keys();
    return claim.kind() == RangeKind.DELTA
        ? new KeyRange(keys.lower() + "." + claim.rangeId(), keys.upper())
        : new KeyRange(upTo, keys.upper());
  }

  private void replace(
      RangeTransaction transaction,
      ClaimedRange claim,
      @Nullable String upTo,
      @Nullable ClaimedRange rest,
      RangePacking packing)
      throws SQLException {
    transaction.replaceCopies(claim.migrationId(), claim.rangeId(), upTo, packing.rows);
    if (rest != null) {
      context.ledger().deltas().moveKeys(transaction.connection(), claim.rangeId(), rest.rangeId());
    }
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

  @Override
  public void close() {
    packer.close();
  }
}
