// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.ledger.RangeOutcome;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.metrics.CommitOutcome;
import io.whimbrel.store.ComparisonCursor;
import io.whimbrel.store.RangeTransaction;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does one VERIFY range after another for a worker thread. */
final class RangeVerifier {

  private static final Logger LOG = LoggerFactory.getLogger(RangeVerifier.class);

  private final WorkerContext context;
  private final WorkerCounters counters;
  private final WorkerSession session;
  private final LargeContents largeContents;
  private final LegacyContentDecoder decoder;
  private final SegmentUnpacker unpacker;

  RangeVerifier(
      WorkerContext context,
      WorkerCounters counters,
      WorkerSession session,
      LargeContents largeContents,
      LegacyContentDecoder decoder,
      SegmentUnpacker unpacker) {
    this.context = context;
    this.counters = counters;
    this.session = session;
    this.largeContents = largeContents;
    this.decoder = decoder;
    this.unpacker = unpacker;
  }

  void verify(ClaimedRange claim) throws SQLException {
    long start = System.nanoTime();
    RangeVerification verification =
        new RangeVerification(decoder, unpacker, RangeVerification.Inline.STORED_ALIKE, null);
    try (LargeContents.Hold largeContent = largeContents.new Hold();
        ComparisonCursor cursor = session.get().compare(claim.keys())) {
      verification.run(cursor, largeContent::beforeLoading);
    }
    verification.examples.forEach(
        example -> LOG.error("mismatch range={} memory={}", claim.rangeId(), example));
    long nanos = System.nanoTime() - start;
    try (RangeTransaction transaction = session.get().begin()) {
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
      FaultPoint.BEFORE_COMMIT.hit();
      transaction.commit();
      FaultPoint.AFTER_COMMIT.hit();
    }
    counters.ranges.increment();
    counters.memories.add(verification.memories);
    counters.lastRange(verification.memories, nanos / 1_000_000);
    context.metrics().commit(CommitOutcome.COMMITTED);
    context.metrics().rangeCommitted(claim.kind(), Duration.ofNanos(nanos));
  }
}
