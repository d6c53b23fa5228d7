// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.format.DictionaryTrainer;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.SnapshotReader.Extent;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Begins to watch the store, counts it, trains a dictionary on a sample, creates the copy. */
final class SnapshotStep {

  private static final int SAMPLE_MEMORIES_MAX = 8_000;
  private static final long SAMPLE_BYTES_MAX = 6L << 20;
  private static final int DICTIONARY_BYTES_MAX = 64 << 10;

  private final RunContext context;
  private final Leadership lead;
  private final Facts facts;

  SnapshotStep(RunContext context, Leadership lead, Facts facts) {
    this.context = context;
    this.lead = lead;
    this.facts = facts;
  }

  void run(Migration migration) throws SQLException {
    Store store = context.store();
    boolean inPlace = migration.kind() == MigrationKind.IN_PLACE;
    context.progress().message("counting memories and training a dictionary");
    if (!inPlace) {
      // Before the first read: from here on no change can be missed.
      store.capture().install();
      FaultPoint.IN_SNAPSHOT.hit();
    }
    String fingerprint = store.inspector().fingerprint();
    Extent extent = store.snapshotReader().extent();
    long memories =
        inPlace
            ? store
                .snapshotReader()
                .inlineMemories(MigrationSettings.fromJson(migration.settings()).inlineBytesMax())
            : extent.memories();
    if (!inPlace) {
      store.shadowTable().create(migration.migrationId());
    }
    List<byte[]> samples = sample();
    Optional<byte[]> dictionary = DictionaryTrainer.train(samples, DICTIONARY_BYTES_MAX);
    context
        .store()
        .update(
            connection -> {
              Integer dictionaryId = null;
              if (dictionary.isPresent()) {
                dictionaryId = store.shadowTable().nextDictionaryId(connection);
                store
                    .shadowTable()
                    .insertDictionary(connection, dictionaryId, samples.size(), dictionary.get());
              }
              context
                  .ledger()
                  .migrations()
                  .recordSnapshot(
                      connection,
                      lead.migrationId(),
                      lead.epoch(),
                      fingerprint,
                      memories,
                      extent.highestKey(),
                      dictionaryId);
              context
                  .ledger()
                  .migrations()
                  .move(
                      connection,
                      lead.migrationId(),
                      lead.epoch(),
                      MigrationState.SNAPSHOT,
                      MigrationState.COPYING,
                      null);
            });
    facts.dictionaryBytes = dictionary.map(body -> body.length).orElse(0);
  }

  private List<byte[]> sample() throws SQLException {
    LegacyContentDecoder decoder = new LegacyContentDecoder();
    List<byte[]> texts = new ArrayList<>();
    for (StoredContent content :
        context.store().snapshotReader().sample(SAMPLE_MEMORIES_MAX, SAMPLE_BYTES_MAX)) {
      DecodedContent decoded = decoder.decode(content);
      if (decoded instanceof DecodedText text && text.utf8().length > 0) {
        texts.add(text.utf8());
      }
    }
    return texts;
  }
}
