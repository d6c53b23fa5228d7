// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.DeltaLedger.Drain;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.RangeOutcome;
import io.whimbrel.legacy.CodePoints;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.store.BackendId;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.LegacyRow;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.ShadowTable.LedgerStep;
import io.whimbrel.store.StoreSession;
import io.whimbrel.store.StoreUrl;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A migration of a SQLite file done by calling its pieces one after the other. */
final class SqliteRun implements AutoCloseable {

  static final Duration LOCKS = Duration.ofSeconds(1);

  final SqliteStore store;
  final Ledger ledger;
  final long migrationId;
  final String fingerprint;
  final StoreSession session;
  private final LegacyContentDecoder decoder = new LegacyContentDecoder();

  private SqliteRun(Path file) throws SQLException {
    this.store = SqliteStore.open(new StoreUrl.SqliteUrl(file), SqliteStore.Access.READ_WRITE);
    this.ledger = Ledger.of(store);
    this.migrationId =
        store.write(
            connection -> {
              ledger.schema().create(connection);
              return ledger
                  .migrations()
                  .create(connection, MigrationKind.SHADOW_COPY, "test", "{}");
            });
    store.enterRunMode();
    store.capture().install();
    this.fingerprint = store.inspector().fingerprint();
    store.shadowTable().create(migrationId);
    this.session = store.openSession(migrationId);
  }

  static SqliteRun begin(Path file) throws SQLException {
    return new SqliteRun(file);
  }

  /** What was read and packed of a range, and waits to be committed. */
  record Packed(ClaimedRange claim, List<PlacedRow> rows, List<Segment> segments) {}

  ClaimedRange claim(RangeKind kind, KeyRange keys) throws SQLException {
    return claim(
        store.write(connection -> ledger.ranges().add(connection, migrationId, kind, 0, keys)));
  }

  ClaimedRange claim(long rangeId) throws SQLException {
    return store.write(
        connection ->
            ledger
                .ranges()
                .claim(connection, migrationId, rangeId, "worker", BackendId.NONE)
                .orElseThrow());
  }

  Packed read(ClaimedRange claim) throws SQLException {
    return read(claim, Integer.MAX_VALUE);
  }

  Packed read(ClaimedRange claim, int rowsMax) throws SQLException {
    List<PlacedRow> rows = new ArrayList<>();
    List<Segment> segments = new ArrayList<>();
    try (SegmentPacker packer =
            new SegmentPacker(claim.rangeId(), 0, null, 3, 4096, segments::add);
        LegacyCursor cursor =
            claim.kind() == RangeKind.DELTA
                ? session.readDelta(migrationId, claim.rangeId())
                : session.readLegacy(claim.keys())) {
      while (rows.size() < rowsMax && cursor.next()) {
        rows.add(place(cursor.row(), packer));
      }
      packer.finish();
    }
    return new Packed(claim, rows, segments);
  }

  private PlacedRow place(LegacyRow row, SegmentPacker packer) {
    DecodedContent content = decoder.decode(row.content());
    Pointer pointer = content instanceof DecodedText text ? packer.add(text.utf8()) : null;
    int codePoints = content instanceof DecodedText text ? (int) CodePoints.count(text.utf8()) : 0;
    return new PlacedRow(
        row.key(), row.carriedImage(), row.inlineImage(), pointer, codePoints, null);
  }

  int commit(Packed packed) throws SQLException {
    return commit(packed, null);
  }

  /** Commits, and returns how many keys went back into the log. */
  int commit(Packed packed, @Nullable String upTo) throws SQLException {
    try (RangeTransaction transaction = session.begin()) {
      int back = write(transaction, packed, upTo);
      transaction.commit();
      return back;
    }
  }

  int write(RangeTransaction transaction, Packed packed, @Nullable String upTo)
      throws SQLException {
    ledger
        .ranges()
        .complete(
            transaction.connection(),
            packed.claim(),
            new RangeOutcome(packed.rows().size(), 0, 0, 0, 0, 0, 0, 1));
    transaction.insertSegments(packed.segments());
    if (packed.claim().kind() == RangeKind.DELTA) {
      return transaction.replaceCopies(migrationId, packed.claim().rangeId(), upTo, packed.rows());
    }
    transaction.insertCopies(packed.rows());
    return 0;
  }

  /** Copies all rows there are, so many at a time. */
  void copy(int rowsInRange) throws SQLException {
    String highest = store.snapshotReader().extent().highestKey();
    String lower = null;
    while (highest != null && !highest.equals(lower)) {
      String next = store.snapshotReader().keyAfter(lower, highest, rowsInRange);
      String upper = next == null ? highest : next;
      commit(read(claim(RangeKind.COPY, new KeyRange(lower, upper))));
      lower = upper;
    }
  }

  Drain drain(int keysInRange) throws SQLException {
    return store.write(
        connection -> {
          Drain drain =
              ledger.deltas().drain(connection, migrationId, keysInRange, Integer.MAX_VALUE);
          if (drain.tableEmptied()) {
            store.shadowTable().deleteOrphanCopies(connection, migrationId);
          }
          return drain;
        });
  }

  /** Drains until the log is empty. */
  void catchUp() throws SQLException {
    List<Long> ranges = drain(50).rangeIds();
    for (int round = 0; !ranges.isEmpty(); round++) {
      if (round > 20) {
        throw new IllegalStateException("the log never empties");
      }
      for (long range : ranges) {
        commit(read(claim(range)));
      }
      ranges = drain(50).rangeIds();
    }
  }

  void cutOver() throws SQLException {
    cutOver(1_000);
  }

  void cutOver(int carriedMax) throws SQLException {
    store
        .shadowTable()
        .cutOver(migrationId, fingerprint, carriedMax, LOCKS, new LedgerStep(List.of()));
    store.shadowTable().afterCutOver(migrationId);
  }

  void swapBack() throws SQLException {
    store.shadowTable().swapBack(migrationId, LOCKS, new LedgerStep(List.of()));
    store.shadowTable().afterSwapBack(migrationId);
    store.shadowTable().drop(migrationId);
  }

  /** Keys in which copy and legacy table differ although nothing is pending. */
  List<String> faults() throws SQLException {
    return Comparison.of(this, session).faults();
  }

  Optional<byte[]> text(io.whimbrel.legacy.StoredContent content) {
    return decoder.decode(content) instanceof DecodedText text
        ? Optional.of(text.utf8())
        : Optional.empty();
  }

  @Override
  public void close() {
    session.close();
    store.close();
  }
}
