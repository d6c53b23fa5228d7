// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.store.ComparisonCursor;
import io.whimbrel.store.StoreSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How legacy table and copy differ in one snapshot.
 *
 * @param explained keys that differ because a change of them is pending
 * @param faults keys that differ without a reason
 */
record Comparison(List<String> explained, List<String> faults) {

  static Comparison of(SqliteRun run, StoreSession session) throws SQLException {
    String highest = run.store.snapshotReader().extent().highestKey();
    KeyRange all = new KeyRange(null, highest == null ? "0" : highest);
    List<String> explained = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    try (ComparisonCursor cursor = session.compare(all);
        SegmentUnpacker unpacker = new SegmentUnpacker(id -> null)) {
      while (cursor.next()) {
        ComparisonCursor.ComparedRow row = cursor.row();
        if (!same(run, row, cursor, unpacker)) {
          (cursor.isPending(row.key()) ? explained : faults).add(row.key());
        }
      }
      for (long extra = cursor.extraCopies(); extra > 0; extra--) {
        faults.add("extra");
      }
    }
    return new Comparison(explained, faults);
  }

  private static boolean same(
      SqliteRun run,
      ComparisonCursor.ComparedRow row,
      ComparisonCursor cursor,
      SegmentUnpacker unpacker)
      throws SQLException {
    if (!row.copied() || !row.columnsEqual()) {
      return false;
    }
    Pointer pointer = row.pointer();
    if (pointer == null) {
      return row.inlineEqual();
    }
    Segment segment = Objects.requireNonNull(cursor.segment());
    Optional<byte[]> text = run.text(row.legacy());
    return text.isPresent()
        && Arrays.equals(text.get(), SegmentUnpacker.slice(unpacker.unpack(segment), pointer));
  }
}
