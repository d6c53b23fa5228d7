// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.Migration;
import io.whimbrel.store.SnapshotReader;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the key space into ranges of equal counts, a few ahead of the workers, so that a billion
 * rows take no more memory than a thousand. The cursor moves in the transaction that adds its
 * ranges.
 */
final class Planner {

  private static final int AHEAD_MIN = 8;
  private static final int AHEAD_A_THREAD = 3;

  private final RunContext context;
  private final SnapshotReader reader;
  private final Leadership lead;
  private final RangeKind kind;
  private final @Nullable String highestKey;
  private final @Nullable Integer fixedSize;
  private final RangeSizer sizer;
  private final int ownThreads;
  private int ahead;
  private final List<Long> planned = new ArrayList<>();
  private @Nullable String cursor;
  private boolean done;

  /** A planner that goes on where the ledger says an earlier one stopped. */
  Planner(
      RunContext context,
      Leadership lead,
      RangeKind kind,
      Migration migration,
      @Nullable Integer fixedSize,
      long targetMillis,
      int threads) {
    this.context = context;
    this.reader = context.store().snapshotReader();
    this.lead = lead;
    this.kind = kind;
    this.highestKey = migration.highestKey();
    this.cursor = migration.plannedTo();
    this.done = migration.planDone() || kind == RangeKind.VERIFY || kind == RangeKind.DELTA;
    this.fixedSize = fixedSize;
    this.sizer = new RangeSizer(targetMillis);
    this.ownThreads = threads;
    this.ahead = ahead(threads);
  }

  boolean isDone() {
    return done;
  }

  void observe(long memories, long millis, long bytesPerMemory) {
    sizer.observe(memories, millis, bytesPerMemory);
  }

  private static int ahead(int threads) {
    return Math.max(AHEAD_MIN, AHEAD_A_THREAD * threads);
  }

  /** Keeps so many threads supplied, those of other processes too. */
  void supply(int threads) {
    ahead = ahead(Math.max(ownThreads, threads));
  }

  /** How long to wait before looking at the ledger again. */
  long tickMillis() {
    return sizer.tickMillis();
  }

  /** Ids planned since the last call. */
  List<Long> takePlanned() {
    List<Long> taken = List.copyOf(planned);
    planned.clear();
    return taken;
  }

  int openRanges() throws SQLException {
    return context
        .store()
        .query(connection -> context.ledger().ranges().open(connection, lead.migrationId()));
  }

  /** Plans until enough ranges are pending, all of them in one transaction. */
  void planAhead() throws SQLException {
    if (done) {
      return;
    }
    String end = highestKey;
    if (end == null) {
      finish();
      return;
    }
    int missing = ahead - openRanges();
    List<KeyRange> ranges = new ArrayList<>();
    String reached = cursor;
    boolean last = false;
    while (ranges.size() < missing && !last) {
      int size = fixedSize == null ? sizer.size() : fixedSize;
      String next = reader.keyAfter(reached, end, size);
      // No row back means that fewer are left: the last range ends where the snapshot did.
      last = next == null || next.equals(end);
      KeyRange keys = new KeyRange(reached, next == null ? end : next);
      FaultPoint.IN_PLANNING.hit();
      if (!(last && end.equals(reached))) {
        ranges.add(keys);
      }
      reached = keys.upper();
    }
    if (!ranges.isEmpty() || last) {
      add(ranges, reached, last);
    }
  }

  private void add(List<KeyRange> ranges, @Nullable String reached, boolean last)
      throws SQLException {
    List<Long> added =
        context
            .store()
            .write(
                connection -> {
                  List<Long> ids = new ArrayList<>();
                  context
                      .ledger()
                      .migrations()
                      .recordPlan(connection, lead.migrationId(), lead.epoch(), reached, last);
                  for (KeyRange keys : ranges) {
                    ids.add(
                        context
                            .ledger()
                            .ranges()
                            .add(connection, lead.migrationId(), kind, 0, keys));
                  }
                  return ids;
                });
    planned.addAll(added);
    cursor = reached;
    done = last;
  }

  private void finish() throws SQLException {
    context
        .store()
        .update(
            connection ->
                context
                    .ledger()
                    .migrations()
                    .recordPlan(connection, lead.migrationId(), lead.epoch(), cursor, true));
    done = true;
  }
}
