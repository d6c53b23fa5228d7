// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.format.ContentDigest;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.ledger.RangeHistory.Committed;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.store.ComparisonCursor;
import io.whimbrel.store.SnapshotReader;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreSession;
import io.whimbrel.worker.RangeVerification;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares the legacy table that serves with the copy, by decoded content and all columns, before
 * the copy is dropped. Before a swap: every memory of every committed range, to show that the store
 * still holds what was read from it. After a swap back: every memory of both tables, to show that
 * all that was written since the swap has come back. Keys in the change log and in unfinished
 * ranges are the application's own changes and no difference.
 */
final class RollbackProof {

  private static final int PAGE = 500;

  /** Memories compared in one snapshot after a swap back. */
  private static final int STRETCH = 10_000;

  private static final int EXAMPLES_MAX = 5;

  private final RunContext context;
  private final Migration migration;
  private final LegacyContentDecoder decoder;
  private final List<String> examples = new ArrayList<>();
  private final ContentDigest digest = new ContentDigest();
  private long compared;
  private long different;

  RollbackProof(RunContext context, Migration migration) {
    this.context = context;
    this.migration = migration;
    this.decoder =
        new LegacyContentDecoder(
            MigrationSettings.fromJson(migration.settings()).unpackedBytesMax());
  }

  /**
   * What was found.
   *
   * @param sentence what was compared; kept with the migration's facts
   * @param examples a few memories that differ, and in what
   */
  record Outcome(String sentence, long different, List<String> examples) {
    Outcome {
      examples = List.copyOf(examples);
    }

    /** Nothing is known of any memory. */
    static Outcome impossible(String why) {
      return new Outcome(
          "the store could not be compared with its copy, since its definition has changed ("
              + why.replaceAll("\\s+", " ")
              + ")",
          0,
          List.of("none could be compared: " + why.replaceAll("\\s+", " ")));
    }
  }

  Outcome run() throws SQLException {
    Store store = context.store();
    try (StoreDictionaries dictionaries = new StoreDictionaries(store);
        SegmentUnpacker unpacker = new SegmentUnpacker(dictionaries::open);
        StoreSession session = store.openSession(migration.migrationId())) {
      if (migration.wasCompleted()) {
        compareAll(session, unpacker);
      } else {
        compareCommitted(session, unpacker);
      }
    }
    long changed = store.read(store.capture()::pending);
    return new Outcome(
        String.format(
            Locale.ROOT,
            "%,d memories (%,d at the snapshot) were compared with %s: %,d differ; the content digest"
                + " of the others is %s; the application changed %,d meanwhile",
            compared,
            migration.memories(),
            migration.wasCompleted()
                ? "those that served until the swap back"
                : "what was copied of them",
            different,
            digest,
            changed),
        different,
        examples);
  }

  private void compareCommitted(StoreSession session, SegmentUnpacker unpacker)
      throws SQLException {
    long after = 0;
    List<Committed> page = page(after);
    while (!page.isEmpty()) {
      for (Committed range : page) {
        compare(session, unpacker, range.keys(), RangeVerification.Inline.STORED_ALIKE);
        after = range.rangeId();
      }
      page = page(after);
    }
  }

  private void compareAll(StoreSession session, SegmentUnpacker unpacker) throws SQLException {
    SnapshotReader reader = context.store().snapshotReader();
    String highest = reader.extent().highestKey();
    String lower = null;
    while (highest != null && !highest.equals(lower)) {
      String next = reader.keyAfter(lower, highest, STRETCH);
      String upper = next == null ? highest : next;
      compare(session, unpacker, new KeyRange(lower, upper), RangeVerification.Inline.READS_ALIKE);
      lower = upper;
    }
    // Copies above the highest key that serves are memories that did not come back.
    String highestCopy = context.store().shadowTable().highestKey(migration.migrationId());
    if (highestCopy != null) {
      compare(
          session,
          unpacker,
          new KeyRange(lower, highestCopy),
          RangeVerification.Inline.READS_ALIKE);
    }
  }

  private void compare(
      StoreSession session,
      SegmentUnpacker unpacker,
      KeyRange keys,
      RangeVerification.Inline inline)
      throws SQLException {
    RangeVerification verification = new RangeVerification(decoder, unpacker, inline, digest);
    try (ComparisonCursor cursor = session.compare(keys)) {
      verification.run(cursor, bytes -> {});
    }
    compared += verification.memories();
    different += verification.mismatches();
    verification.examples().stream()
        .limit(EXAMPLES_MAX - Math.min(EXAMPLES_MAX, examples.size()))
        .forEach(examples::add);
  }

  private List<Committed> page(long after) throws SQLException {
    return context
        .store()
        .read(
            connection ->
                context
                    .ledger()
                    .history()
                    .committed(connection, migration.migrationId(), RangeKind.COPY, after, PAGE));
  }
}
