// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.LedgerSchema;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationLedger;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.ledger.RangeLedger;
import io.whimbrel.ledger.RangeOutcome;
import io.whimbrel.legacy.CodePoints;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.store.ComparisonCursor;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.LegacyRow;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.ShadowTable.LedgerStep;
import io.whimbrel.store.StoreSession;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A migration done by calling its pieces one after the other. */
final class ManualMigration {

  private static final int RANGE = 90;

  final PostgresStore store;
  final long migrationId;
  final MigrationLedger migrations;
  private final RangeLedger ranges;
  private final LegacyContentDecoder decoder = new LegacyContentDecoder();

  private ManualMigration(PostgresStore store) throws SQLException {
    this.store = store;
    this.migrations = new MigrationLedger(store.dialect(), store.qualifier());
    this.ranges = new RangeLedger(store.dialect(), store.qualifier());
    this.migrationId =
        store.write(
            connection -> {
              new LedgerSchema(store.dialect(), store.qualifier()).create(connection);
              return migrations.create(connection, MigrationKind.SHADOW_COPY, "test", "{}");
            });
  }

  static ManualMigration begin(PostgresStore store) throws SQLException {
    ManualMigration migration = new ManualMigration(store);
    store.capture().install();
    store.shadowTable().create(migration.migrationId);
    return migration;
  }

  /** Copies everything, verifies it and builds the indexes. */
  void copy() throws SQLException {
    copyRanges();
    store.shadowTable().index(migrationId);
  }

  /** Copies everything. */
  void copyRanges() throws SQLException {
    String highest = store.snapshotReader().extent().highestKey();
    String lower = null;
    try (StoreSession session = store.openSession(migrationId)) {
      while (highest != null && !highest.equals(lower)) {
        String next = store.snapshotReader().keyAfter(lower, highest, RANGE);
        String upper = next == null ? highest : next;
        copy(session, new KeyRange(lower, upper));
        lower = upper;
      }
    }
  }

  private void copy(StoreSession session, KeyRange keys) throws SQLException {
    ClaimedRange claim = claim(session, RangeKind.COPY, keys);
    List<Segment> segments = new ArrayList<>();
    List<PlacedRow> rows = new ArrayList<>();
    try (SegmentPacker packer =
            new SegmentPacker(claim.rangeId(), 0, null, 3, 4096, segments::add);
        LegacyCursor cursor = session.readLegacy(keys)) {
      while (cursor.next()) {
        rows.add(placed(cursor.row(), packer));
      }
      packer.finish();
    }
    try (RangeTransaction transaction = session.begin()) {
      ranges.complete(
          transaction.connection(), claim, new RangeOutcome(rows.size(), 0, 0, 0, 0, 0, 0, 1));
      transaction.insertSegments(segments);
      transaction.insertCopies(rows);
      transaction.commit();
    }
  }

  /** Packs the inline rows of a range where they are, as a second migration does. */
  int packInPlace(KeyRange keys) throws SQLException {
    try (StoreSession session = store.openSession(migrationId)) {
      ClaimedRange claim = claim(session, RangeKind.PACK, keys);
      List<Segment> segments = new ArrayList<>();
      List<PlacedRow> rows = new ArrayList<>();
      try (SegmentPacker packer =
              new SegmentPacker(claim.rangeId(), 0, null, 3, 4096, segments::add);
          LegacyCursor cursor = session.readInline(keys)) {
        while (cursor.next()) {
          rows.add(placed(cursor.row(), packer));
        }
        packer.finish();
      }
      try (RangeTransaction transaction = session.begin()) {
        transaction.insertSegments(segments);
        int packed = transaction.packInPlace(rows);
        transaction.commit();
        return packed;
      }
    }
  }

  ClaimedRange claim(StoreSession session, RangeKind kind, KeyRange keys) throws SQLException {
    return store.write(
        connection ->
            ranges
                .claim(
                    connection,
                    migrationId,
                    ranges.add(connection, migrationId, kind, 0, keys),
                    "worker",
                    session.writerBackend())
                .orElseThrow());
  }

  PlacedRow placed(LegacyRow row, SegmentPacker packer) {
    Optional<byte[]> text = text(decoder.decode(row.content()));
    Pointer pointer = text.map(packer::add).orElse(null);
    return new PlacedRow(
        row.key(),
        row.carriedImage(),
        row.inlineImage(),
        pointer,
        text.map(utf8 -> (int) CodePoints.count(utf8)).orElse(0),
        row.content().bytes());
  }

  private static Optional<byte[]> text(DecodedContent content) {
    return content instanceof DecodedText decoded ? Optional.of(decoded.utf8()) : Optional.empty();
  }

  /** Rows that differ between the legacy table and the copy. */
  List<String> differences() throws SQLException {
    String highest = store.snapshotReader().extent().highestKey();
    List<String> differences = new ArrayList<>();
    try (StoreSession session = store.openSession(migrationId);
        SegmentUnpacker unpacker = new SegmentUnpacker(id -> null);
        ComparisonCursor cursor = session.compare(new KeyRange(null, String.valueOf(highest)))) {
      while (cursor.next()) {
        ComparisonCursor.ComparedRow row = cursor.row();
        boolean same =
            row.copied() && row.columnsEqual() && sameContent(row, cursor.segment(), unpacker);
        if (!same) {
          differences.add(row.key());
        }
      }
      for (long extra = cursor.extraCopies(); extra > 0; extra--) {
        differences.add("extra");
      }
    }
    return differences;
  }

  private boolean sameContent(
      ComparisonCursor.ComparedRow row, @Nullable Segment segment, SegmentUnpacker unpacker) {
    Optional<byte[]> text = text(decoder.decode(row.legacy()));
    Pointer pointer = row.pointer();
    if (pointer == null || segment == null) {
      return row.inlineEqual() && text.isEmpty();
    }
    return text.isPresent()
        && java.util.Arrays.equals(
            text.get(), SegmentUnpacker.slice(unpacker.unpack(segment), pointer));
  }

  /** Moves the ledger to the state in which the swap is tried, and returns the swap's own step. */
  LedgerStep readyToSwap() throws SQLException {
    MigrationState[] path = {
      MigrationState.CREATED,
      MigrationState.SNAPSHOT,
      MigrationState.COPYING,
      MigrationState.CATCHING_UP,
      MigrationState.VERIFYING,
      MigrationState.CUTTING_OVER
    };
    store.write(
        connection -> {
          for (int i = 1; i < path.length; i++) {
            migrations.move(connection, migrationId, 1, path[i - 1], path[i], null);
          }
          return true;
        });
    return step(1, MigrationState.CUTTING_OVER, MigrationState.COMPLETED);
  }

  /** Swaps, and does what is left to do after it. */
  void cutOver(int carriedMax) throws SQLException {
    LedgerStep step = readyToSwap();
    store
        .shadowTable()
        .cutOver(
            migrationId, store.inspector().fingerprint(), carriedMax, Duration.ofSeconds(2), step);
    store.shadowTable().afterCutOver(migrationId);
  }

  /** Swaps back; what is left to do after it remains. */
  void swapBack() throws SQLException {
    store
        .shadowTable()
        .swapBack(
            migrationId,
            Duration.ofSeconds(2),
            step(1, MigrationState.COMPLETED, MigrationState.ROLLED_BACK));
  }

  LedgerStep step(long epoch, MigrationState from, MigrationState to) {
    return new LedgerStep(List.of(migrations.moveStatement(migrationId, epoch, from, to)));
  }

  MigrationState state() throws SQLException {
    return store.read(connection -> migrations.get(connection, migrationId)).state();
  }

  /** Every text by its key, out of whichever format the table that serves has. */
  Map<String, String> texts() throws SQLException {
    Map<String, String> texts = new TreeMap<>();
    boolean pointers = store.layout().hasPointers();
    try (StoreSession session = store.openSession(migrationId);
        LegacyCursor cursor =
            session.readLegacy(
                new KeyRange(null, String.valueOf(store.snapshotReader().extent().highestKey())))) {
      while (cursor.next()) {
        LegacyRow row = cursor.row();
        byte[] stored = row.content().bytes();
        if (stored != null) {
          texts.put(
              row.key(),
              text(decoder.decode(row.content()))
                  .map(utf8 -> new String(utf8, StandardCharsets.UTF_8))
                  .orElse("damaged " + new String(stored, StandardCharsets.UTF_8)));
        }
      }
    }
    if (pointers) {
      store.read(connection -> addPacked(connection, texts));
    }
    return texts;
  }

  private static boolean addPacked(Connection connection, Map<String, String> texts)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        SegmentUnpacker unpacker = new SegmentUnpacker(id -> null);
        ResultSet row =
            statement.executeQuery(
                "SELECT m.id::text, s.segment_id, s.raw_size, s.memory_count, s.body,"
                    + " m.content_offset, m.content_length, m.content_crc32c FROM memories m"
                    + " JOIN memory_segments s ON s.segment_id = m.content_segment"
                    + " WHERE m.content IS NULL")) {
      while (row.next()) {
        Segment segment =
            new Segment(row.getLong(2), null, row.getInt(3), row.getInt(4), row.getBytes(5));
        Pointer pointer = new Pointer(row.getLong(2), row.getInt(6), row.getInt(7), row.getInt(8));
        texts.put(
            row.getString(1),
            new String(
                SegmentUnpacker.slice(unpacker.unpack(segment), pointer), StandardCharsets.UTF_8));
      }
    }
    return true;
  }
}
