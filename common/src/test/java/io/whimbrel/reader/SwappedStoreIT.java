// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.legacy.CodePoints;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.sqlite.SqliteStore;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.LegacyRow;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.ShadowTable.LedgerStep;
import io.whimbrel.store.StoreSession;
import io.whimbrel.store.StoreUrl;
import io.whimbrel.testing.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads an application's store before and after its tables are swapped by the adapter itself. */
final class SwappedStoreIT {

  private static final long MIGRATION = 1;

  @Test
  void export_isTheSame_afterTheSwap_butForTheFlag(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("memory.db");
    // Not copied as a file: the original may be read-only, and so would be its copy.
    Files.write(file, Files.readAllBytes(SharedData.fileOrSkip("legacy_small.db")));
    try (MemoryReader reader = MemoryReader.open(new StoreUrl.SqliteUrl(file), Map.of())) {
      String before = export(reader);
      migrate(file);
      assertThat(withoutFlag(export(reader))).isEqualTo(withoutFlag(before));

      StoreVerification found = new StoreVerifier().verify(reader);
      assertThat(found.isSound()).isTrue();
      assertThat(found.count(ContentForm.PACKED)).isEqualTo(496);
      assertThat(found.quarantined()).isEqualTo(6);
      assertThat(found.retainedMigration()).hasValue(MIGRATION);
      assertThat(found.unusedSegments() + found.deadBytes()).isZero();

      try (Db db = Db.sqlite(file)) {
        db.run("DELETE FROM memories WHERE id = 10");
      }
      assertThat(new StoreVerifier().verify(reader).faults()).isEmpty();
    }
  }

  private static String export(MemoryReader reader) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(new JsonLinesExporter().export(reader, out)).isEqualTo(502);
    return out.toString(UTF_8);
  }

  private static String withoutFlag(String export) {
    return export.replaceAll("\"content_compressed\":[^,}]*", "");
  }

  private static void migrate(Path file) throws SQLException {
    try (SqliteStore store =
        SqliteStore.open(new StoreUrl.SqliteUrl(file), SqliteStore.Access.READ_WRITE)) {
      Ledger ledger = Ledger.of(store);
      store.update(
          connection -> {
            ledger.schema().create(connection);
            ledger.migrations().create(connection, MigrationKind.SHADOW_COPY, "test", "{}");
          });
      store.enterRunMode();
      store.capture().install();
      String fingerprint = store.inspector().fingerprint();
      store.shadowTable().create(MIGRATION);
      List<Segment> segments = new ArrayList<>();
      List<PlacedRow> rows = new ArrayList<>();
      try (StoreSession session = store.openSession(MIGRATION);
          SegmentPacker packer = new SegmentPacker(1, 0, null, 3, 32 * 1024, segments::add)) {
        try (LegacyCursor cursor = session.readLegacy(new KeyRange(null, "1000000"))) {
          LegacyContentDecoder decoder = new LegacyContentDecoder();
          while (cursor.next()) {
            rows.add(place(cursor.row(), decoder, packer));
          }
        }
        packer.finish();
        try (RangeTransaction transaction = session.begin()) {
          transaction.insertSegments(segments);
          transaction.insertCopies(rows);
          transaction.commit();
        }
      }
      store.shadowTable().index(MIGRATION);
      store
          .shadowTable()
          .cutOver(
              MIGRATION,
              fingerprint,
              1_000,
              Duration.ofSeconds(5),
              new LedgerStep(List.of("UPDATE whimbrel_migrations SET state = 'COMPLETED'")));
      store.shadowTable().afterCutOver(MIGRATION);
    }
  }

  private static PlacedRow place(
      LegacyRow row, LegacyContentDecoder decoder, SegmentPacker packer) {
    DecodedContent content = decoder.decode(row.content());
    Pointer pointer = content instanceof DecodedText text ? packer.add(text.utf8()) : null;
    int codePoints = content instanceof DecodedText text ? (int) CodePoints.count(text.utf8()) : 0;
    return new PlacedRow(
        row.key(), row.carriedImage(), row.inlineImage(), pointer, codePoints, null);
  }
}
