// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what lies in the grid objects. What is not ours is skipped with a warning: one stray entry
 * must not hide the others.
 */
final class GridEntries {
  private static final Logger log = LoggerFactory.getLogger(GridEntries.class);

  private GridEntries() {}

  static OptionalLong asHint(@Nullable Object value) {
    if (value instanceof Long rangeId) {
      return OptionalLong.of(rangeId);
    }
    warnUnlessNull(HazelcastGrid.RANGES, value);
    return OptionalLong.empty();
  }

  static Optional<ControlState> asControl(@Nullable Object value) {
    if (value instanceof ControlState state) {
      return Optional.of(state);
    }
    warnUnlessNull(HazelcastGrid.CONTROL, value);
    return Optional.empty();
  }

  /** The values are deserialized one by one while iterating, so each may fail for itself. */
  static List<WorkerStats> asStats(Collection<?> values) {
    List<WorkerStats> readable = new ArrayList<>();
    Iterator<?> iterator = values.iterator();
    // Counted, since an iterator that fails may not have moved on.
    for (int left = values.size(); left > 0 && iterator.hasNext(); left--) {
      try {
        Object value = iterator.next();
        if (value instanceof WorkerStats stats) {
          readable.add(stats);
        } else {
          warnUnlessNull(HazelcastGrid.STATS, value);
        }
      } catch (RuntimeException e) {
        // Without the stack: the live page reads every second, and the text names the class.
        log.warn(
            "unreadable entry in the grid skipped object={} cause={}",
            HazelcastGrid.STATS,
            e.getMessage());
      }
    }
    readable.sort(Comparator.comparing(WorkerStats::workerId));
    return List.copyOf(readable);
  }

  private static void warnUnlessNull(String object, @Nullable Object value) {
    if (value != null) {
      log.warn(
          "foreign entry in the grid skipped object={} type={}",
          object,
          value.getClass().getName());
    }
  }
}
