// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.format.Dictionary;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.RangeHistory.Committed;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.store.ComparisonCursor;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreSession;
import io.whimbrel.worker.RangeVerification;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Shows, before a copy is dropped, that the store still holds what was read from it: every memory
 * of every committed range is compared with its copy, by decoded content and all columns. Keys in
 * the change log are the application's own changes and no difference.
 */
final class RollbackProof {

  private static final int PAGE = 500;

  private final RunContext context;
  private final long migrationId;

  RollbackProof(RunContext context, long migrationId) {
    this.context = context;
    this.migrationId = migrationId;
  }

  /** What was compared, in a sentence; kept with the migration's facts. */
  String run(Migration migration) throws SQLException {
    Store store = context.store();
    Integer dictionaryId = migration.dictionaryId();
    Dictionary dictionary =
        dictionaryId == null ? null : store.shadowTable().loadDictionary(dictionaryId);
    long compared = 0;
    long different = 0;
    try (SegmentUnpacker unpacker = unpacker(dictionary);
        StoreSession session = store.openSession(migrationId)) {
      long after = 0;
      List<Committed> page = page(after);
      while (!page.isEmpty()) {
        for (Committed range : page) {
          RangeVerification verification =
              new RangeVerification(new LegacyContentDecoder(), unpacker);
          try (ComparisonCursor cursor = session.compare(range.keys())) {
            verification.run(cursor);
          }
          compared += verification.memories();
          different += verification.mismatches();
          after = range.rangeId();
        }
        page = page(after);
      }
    } finally {
      if (dictionary != null) {
        dictionary.close();
      }
    }
    long changed = store.read(store.capture()::pending);
    return String.format(
        Locale.ROOT,
        "%,d memories were compared with what was copied of them: %,d differ; the application"
            + " changed %,d meanwhile",
        compared,
        different,
        changed);
  }

  private List<Committed> page(long after) throws SQLException {
    return context
        .store()
        .read(
            connection ->
                context
                    .ledger()
                    .history()
                    .committed(connection, migrationId, RangeKind.COPY, after, PAGE));
  }

  private static SegmentUnpacker unpacker(@Nullable Dictionary dictionary) {
    return new SegmentUnpacker(
        id -> Objects.requireNonNull(dictionary, "a segment names a dictionary that is not there"));
  }
}
