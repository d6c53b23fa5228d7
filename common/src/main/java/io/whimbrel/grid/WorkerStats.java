// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import java.util.List;

/**
 * One worker process as the live page shows it: what it holds now, and its totals since it started
 * on this migration.
 *
 * @param workerId the worker's name in the ledger
 * @param migrationId the migration it works for
 * @param host the machine's name
 * @param threads threads that copy
 * @param currentRanges ids of the ranges claimed now
 * @param ranges ranges committed
 * @param memories memories committed
 * @param quarantined memories carried unchanged because their content cannot be decoded
 * @param warned memories migrated with a warning
 * @param rawBytes content read, decoded
 * @param compressedBytes segment bytes written
 * @param fencedCommits commits refused because the claim was no longer this worker's
 * @param retries transactions tried again
 * @param lastRangeMemories memories in the range committed last
 * @param lastRangeMillis milliseconds that range took
 * @param updatedAtMillis this worker's clock, milliseconds since 1970; shown, never compared with
 *     another clock
 */
public record WorkerStats(
    String workerId,
    long migrationId,
    String host,
    int threads,
    List<Long> currentRanges,
    long ranges,
    long memories,
    long quarantined,
    long warned,
    long rawBytes,
    long compressedBytes,
    long fencedCommits,
    long retries,
    long lastRangeMemories,
    long lastRangeMillis,
    long updatedAtMillis) {
  public WorkerStats {
    if (workerId.isBlank()) {
      throw new IllegalArgumentException("a worker's statistics need its id");
    }
    currentRanges = List.copyOf(currentRanges);
    requireNotNegative("threads", threads);
    requireNotNegative("ranges", ranges);
    requireNotNegative("memories", memories);
    requireNotNegative("quarantined", quarantined);
    requireNotNegative("warned", warned);
    requireNotNegative("rawBytes", rawBytes);
    requireNotNegative("compressedBytes", compressedBytes);
    requireNotNegative("fencedCommits", fencedCommits);
    requireNotNegative("retries", retries);
    requireNotNegative("lastRangeMemories", lastRangeMemories);
    requireNotNegative("lastRangeMillis", lastRangeMillis);
  }

  private static void requireNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative statistic: " + name + "=" + value);
    }
  }
}
