// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.grid.WorkerStats;
import io.whimbrel.keyrange.ClaimedRange;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a worker has done since it started; written by its threads, read by anyone. */
final class WorkerCounters {

  final LongAdder ranges = new LongAdder();
  final LongAdder memories = new LongAdder();
  final LongAdder quarantined = new LongAdder();
  final LongAdder warned = new LongAdder();
  final LongAdder rawBytes = new LongAdder();
  final LongAdder compressedBytes = new LongAdder();
  final LongAdder fencedCommits = new LongAdder();
  final LongAdder retries = new LongAdder();
  final Set<Long> currentRanges = ConcurrentHashMap.newKeySet();

  /** The range committed last; both numbers of one range are read together. */
  record LastRange(long memories, long millis) {}

  private static final Logger LOG = LoggerFactory.getLogger(WorkerCounters.class);

  private volatile LastRange lastRange = new LastRange(0, 0);

  void lastRange(long rangeMemories, long millis) {
    lastRange = new LastRange(rangeMemories, millis);
    LOG.debug("range committed memories={} millis={}", rangeMemories, millis);
  }

  /** The calling thread holds the range from now on. */
  void hold(ClaimedRange claim) {
    currentRanges.add(claim.rangeId());
    LogContext.holds(claim);
  }

  /** The calling thread holds it no longer. */
  void release(ClaimedRange claim) {
    currentRanges.remove(claim.rangeId());
    LogContext.holdsNothing();
  }

  WorkerStats snapshot(String id, long migrationId, String host, int threads, long nowMillis) {
    LastRange last = lastRange;
    return new WorkerStats(
        id,
        migrationId,
        host,
        threads,
        List.copyOf(currentRanges),
        ranges.sum(),
        memories.sum(),
        quarantined.sum(),
        warned.sum(),
        rawBytes.sum(),
        compressedBytes.sum(),
        fencedCommits.sum(),
        retries.sum(),
        last.memories(),
        last.millis(),
        nowMillis);
  }
}
