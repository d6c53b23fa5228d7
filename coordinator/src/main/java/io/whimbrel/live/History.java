// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.RangeStatistics;
import io.whimbrel.ledger.RangeStatistics.Stretch;
import io.whimbrel.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fast and how well a migration copied over its time, read from the commit times of its ranges:
 * so it survives every restart, and a page opened late shows the beginning too.
 */
public final class History {

  /** As many points as a chart can show. */
  private static final long POINTS_MAX = 240;

  private final Store store;
  private final Ledger ledger;
  private final RangeStatistics statistics;

  public History(Store store, Ledger ledger) {
    this.store = store;
    this.ledger = ledger;
    this.statistics = RangeStatistics.of(store);
  }

  /** The points in order of time; each stands for {@code stretchMillis} from its time on. */
  public record Course(long migrationId, long stretchMillis, List<Point> points) {
    public Course {
      points = List.copyOf(points);
    }
  }

  /**
   * @param atMillis since 1970
   * @param compressionRatio of all that was committed by then, null before anything was compressed
   */
  public record Point(long atMillis, double memoriesPerSecond, @Nullable Double compressionRatio) {}

  public Course read(long migrationId) throws SQLException {
    return store.read(connection -> read(connection, migrationId));
  }

  private Course read(Connection connection, long migrationId) throws SQLException {
    Migration migration = ledger.migrations().get(connection, migrationId);
    long from = migration.createdAtMillis();
    Long finished = migration.finishedAtMillis();
    long to = finished == null ? statistics.nowMillis(connection) : finished;
    long stretch = Math.max(1_000, (to - from + POINTS_MAX - 1) / POINTS_MAX);
    List<Stretch> stretches =
        statistics.throughput(
            connection, migrationId, StatusReader.copyKind(migration).name(), from, stretch);
    return new Course(migrationId, stretch, points(stretches, stretch));
  }

  // Stretches without a commit are zeros between the first and the last, not gaps in a line.
  static List<Point> points(List<Stretch> stretches, long stretchMillis) {
    List<Point> points = new ArrayList<>();
    long raw = 0;
    long compressed = 0;
    for (Stretch stretch : stretches) {
      while (!points.isEmpty()
          && points.get(points.size() - 1).atMillis() + stretchMillis < stretch.startMillis()) {
        long at = points.get(points.size() - 1).atMillis() + stretchMillis;
        points.add(new Point(at, 0, ratio(raw, compressed)));
      }
      raw += stretch.rawBytes();
      compressed += stretch.compressedBytes();
      points.add(
          new Point(
              stretch.startMillis(),
              stretch.memories() * 1e3 / stretchMillis,
              ratio(raw, compressed)));
    }
    return points;
  }

  private static @Nullable Double ratio(long raw, long compressed) {
    return compressed == 0 ? null : raw / (double) compressed;
  }
}
