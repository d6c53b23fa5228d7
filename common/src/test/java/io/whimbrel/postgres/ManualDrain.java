// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.ledger.DeltaLedger;
import io.whimbrel.ledger.RangeLedger;
import io.whimbrel.ledger.RangeOutcome;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.StoreSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rounds of DELTA ranges, done by calling the pieces one after the other. */
final class ManualDrain {

  private final ManualMigration migration;
  private final PostgresStore store;
  private final DeltaLedger deltas;
  private final RangeLedger ranges;

  ManualDrain(ManualMigration migration) {
    this.migration = migration;
    this.store = migration.store;
    this.deltas = new DeltaLedger(store.dialect(), store.qualifier());
    this.ranges = new RangeLedger(store.dialect(), store.qualifier());
  }

  /** Takes the log into ranges of at most so many keys. */
  DeltaLedger.Drain take(int keysPerRange) throws SQLException {
    return store.write(
        connection -> {
          DeltaLedger.Drain drain =
              deltas.drain(connection, migration.migrationId, keysPerRange, 100_000);
          if (drain.tableEmptied()) {
            store.shadowTable().deleteOrphanCopies(connection, migration.migrationId);
          }
          return drain;
        });
  }

  /** One whole round; returns how many keys went back into the log. */
  int round(int keysPerRange) throws SQLException {
    int back = 0;
    try (StoreSession session = store.openSession(migration.migrationId)) {
      for (long rangeId : take(keysPerRange).rangeIds()) {
        Packed packed = read(session, rangeId, Integer.MAX_VALUE);
        back += commit(session, packed);
      }
    }
    return back;
  }

  /** What a worker holds between reading and committing. */
  record Packed(
      ClaimedRange claim, List<Segment> segments, List<PlacedRow> rows, @Nullable String upTo) {}

  Packed read(StoreSession session, long rangeId, int rowsMax) throws SQLException {
    ClaimedRange claim =
        store.write(
            connection ->
                ranges
                    .claim(
                        connection,
                        migration.migrationId,
                        rangeId,
                        "worker",
                        session.writerBackend())
                    .orElseThrow());
    List<Segment> segments = new ArrayList<>();
    List<PlacedRow> rows = new ArrayList<>();
    String upTo = null;
    try (SegmentPacker packer =
            new SegmentPacker(claim.rangeId(), 0, null, 3, 4096, segments::add);
        LegacyCursor cursor = session.readDelta(migration.migrationId, rangeId)) {
      while (upTo == null && cursor.next()) {
        rows.add(migration.placed(cursor.row(), packer));
        upTo = rows.size() == rowsMax ? cursor.row().key() : null;
      }
      packer.finish();
    }
    return new Packed(claim, segments, rows, upTo);
  }

  int commit(StoreSession session, Packed packed) throws SQLException {
    try (RangeTransaction transaction = session.begin()) {
      int back = write(transaction, packed);
      transaction.commit();
      return back;
    }
  }

  int write(RangeTransaction transaction, Packed packed) throws SQLException {
    ranges.complete(
        transaction.connection(),
        packed.claim(),
        new RangeOutcome(packed.rows().size(), 0, 0, 0, 0, 0, 0, 1));
    transaction.insertSegments(packed.segments());
    int back =
        transaction.replaceCopies(
            migration.migrationId, packed.claim().rangeId(), packed.upTo(), packed.rows());
    if (packed.upTo() != null) {
      long rest =
          ranges.add(
              transaction.connection(),
              migration.migrationId,
              packed.claim().kind(),
              packed.claim().round(),
              new KeyRange(packed.claim().keys().lower() + ">", packed.claim().keys().upper()));
      deltas.moveKeys(transaction.connection(), packed.claim().rangeId(), rest);
    }
    return back;
  }
}
