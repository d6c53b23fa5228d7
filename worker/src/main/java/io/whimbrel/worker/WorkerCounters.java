// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.grid.WorkerStats;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

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

  private volatile LastRange lastRange = new LastRange(0, 0);

  void lastRange(long rangeMemories, long millis) {
    lastRange = new LastRange(rangeMemories, millis);
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
