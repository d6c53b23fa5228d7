// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.keyrange.RangeState;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.legacy.ContentProblem;
import io.whimbrel.live.LiveStatus.Bytes;
import io.whimbrel.live.LiveStatus.Memories;
import io.whimbrel.live.LiveStatus.Problem;
import io.whimbrel.live.LiveStatus.RangeCount;
import io.whimbrel.metrics.ContentForm;
import io.whimbrel.metrics.WhimbrelMetrics;
import java.util.Arrays;
import java.util.List;

/** A status as metrics: what the ledger says, set at each scrape. */
final class StatusMetrics {

  private StatusMetrics() {}

  static void set(WhimbrelMetrics metrics, LiveStatus status) {
    metrics.phase(MigrationState.valueOf(status.state()));
    metrics.leader(status.lead().live(), status.lead().epoch());
    metrics.paused(status.paused());
    metrics.cutOverPostponed(status.cutOverPostponed());
    Long backlog = status.backlogKeys();
    // Null once nobody logs any more: what was left then must not stand there for good.
    metrics.captureBacklogKeys(backlog == null ? 0 : backlog);
    memories(metrics, status.memories());
    bytes(metrics, status.bytes());
    ranges(metrics, status.ranges());
    failures(metrics, status.problems());
  }

  private static void memories(WhimbrelMetrics metrics, Memories memories) {
    metrics.storeMemories(memories.total());
    metrics.storeMemoriesProcessed(memories.migrated() + memories.quarantined());
    metrics.storeMemoriesMigrated(memories.migrated());
    metrics.lazyLoadingRatio(memories.lazyLoadingRatio());
    metrics.failureRatio(memories.failureRate());
    metrics.failureRatioLimit(memories.maxFailureRate());
  }

  private static void bytes(WhimbrelMetrics metrics, Bytes bytes) {
    metrics.storeContent(ContentForm.STORED, bytes.stored());
    metrics.storeContent(ContentForm.TEXT, bytes.raw());
    metrics.storeContent(ContentForm.COMPRESSED, bytes.compressed());
    metrics.compressionRatio(bytes.compressionRatio());
  }

  // Every pair is set: what is no longer there must not stay at its last number.
  private static void ranges(WhimbrelMetrics metrics, List<RangeCount> counts) {
    for (RangeKind kind : RangeKind.values()) {
      for (RangeState state : RangeState.values()) {
        long ranges =
            counts.stream()
                .filter(count -> count.kind().equals(StatusReader.lower(kind.name())))
                .filter(count -> count.state().equals(StatusReader.lower(state.name())))
                .mapToLong(RangeCount::ranges)
                .sum();
        metrics.ranges(kind, state, ranges);
      }
    }
  }

  private static void failures(WhimbrelMetrics metrics, List<Problem> problems) {
    Arrays.stream(ContentProblem.values())
        .filter(problem -> problem.severity() == ContentProblem.Severity.QUARANTINE)
        .forEach(
            problem ->
                metrics.storeMemoriesFailed(
                    problem,
                    problems.stream()
                        .filter(found -> found.severity().equals(problem.severity().name()))
                        .filter(found -> found.reason().equals(problem.code()))
                        .mapToLong(Problem::memories)
                        .sum()));
  }
}
