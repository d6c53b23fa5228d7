// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.RangeStatistics;
import io.whimbrel.ledger.RangeStatistics.Stretch;
import io.whimbrel.report.Course;
import io.whimbrel.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads how fast a migration copied over its time, from the commit times of its ranges. */
final class CourseReader {

  private static final long COLUMNS_MAX = 60;
  private static final long STRETCH_MILLIS_MIN = 250;

  private CourseReader() {}

  static Course read(Store store, Connection connection, Migration migration, RangeKind kind)
      throws SQLException {
    RangeStatistics statistics = RangeStatistics.of(store);
    long begin = migration.createdAtMillis();
    // The finest stretches tell when the copy began and ended, and so how long a column is.
    List<Stretch> fine =
        statistics.throughput(
            connection, migration.migrationId(), kind.name(), begin, STRETCH_MILLIS_MIN);
    if (fine.isEmpty()) {
      return Course.NONE;
    }
    long first = fine.get(0).startMillis();
    long lasted = fine.get(fine.size() - 1).startMillis() + STRETCH_MILLIS_MIN - first;
    long fold = (lasted / STRETCH_MILLIS_MIN + COLUMNS_MAX - 1) / COLUMNS_MAX;
    return fold(fine, first - begin, Math.max(1, fold));
  }

  /** Joins so many of the fine stretches into one column each; silences are zeros. */
  static Course fold(List<Stretch> fine, long startOffsetMillis, long fold) {
    long stretch = fold * STRETCH_MILLIS_MIN;
    long first = fine.get(0).startMillis();
    List<Long> memories = new ArrayList<>();
    for (Stretch part : fine) {
      int column = (int) ((part.startMillis() - first) / stretch);
      while (memories.size() <= column) {
        memories.add(0L);
      }
      memories.set(column, memories.get(column) + part.memories());
    }
    return new Course(
        startOffsetMillis, stretch, memories.stream().map(count -> count * 1e3 / stretch).toList());
  }
}
