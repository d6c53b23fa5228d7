// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The form of {@link WorkerStats} in the grid; field names are the record's. */
final class WorkerStatsSerializer implements CompactSerializer<WorkerStats> {
  @Override
  public WorkerStats read(CompactReader in) {
    return new WorkerStats(
        present("workerId", in.readString("workerId")),
        in.readInt64("migrationId"),
        present("host", in.readString("host")),
        in.readInt32("threads"),
        Arrays.stream(present("currentRanges", in.readArrayOfInt64("currentRanges")))
            .boxed()
            .toList(),
        in.readInt64("ranges"),
        in.readInt64("memories"),
        in.readInt64("quarantined"),
        in.readInt64("warned"),
        in.readInt64("rawBytes"),
        in.readInt64("compressedBytes"),
        in.readInt64("fencedCommits"),
        in.readInt64("retries"),
        in.readInt64("lastRangeMemories"),
        in.readInt64("lastRangeMillis"),
        in.readInt64("updatedAtMillis"));
  }

  @Override
  public void write(CompactWriter out, WorkerStats stats) {
    out.writeString("workerId", stats.workerId());
    out.writeInt64("migrationId", stats.migrationId());
    out.writeString("host", stats.host());
    out.writeInt32("threads", stats.threads());
    out.writeArrayOfInt64(
        "currentRanges", stats.currentRanges().stream().mapToLong(Long::longValue).toArray());
    out.writeInt64("ranges", stats.ranges());
    out.writeInt64("memories", stats.memories());
    out.writeInt64("quarantined", stats.quarantined());
    out.writeInt64("warned", stats.warned());
    out.writeInt64("rawBytes", stats.rawBytes());
    out.writeInt64("compressedBytes", stats.compressedBytes());
    out.writeInt64("fencedCommits", stats.fencedCommits());
    out.writeInt64("retries", stats.retries());
    out.writeInt64("lastRangeMemories", stats.lastRangeMemories());
    out.writeInt64("lastRangeMillis", stats.lastRangeMillis());
    out.writeInt64("updatedAtMillis", stats.updatedAtMillis());
  }

  @Override
  public String getTypeName() {
    return "whimbrel.WorkerStats";
  }

  @Override
  public Class<WorkerStats> getCompactClass() {
    return WorkerStats.class;
  }

  /** Only a foreign writer leaves a field null; the reader of the map skips such an entry. */
  static <T> T present(String field, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException("missing in a grid object: field=" + field);
    }
    return value;
  }
}
