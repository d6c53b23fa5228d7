// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.store.SnapshotReader.Extent;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.util.Optional;

/** Begins to watch the store, counts it, trains a dictionary on a sample, creates the copy. */
final class SnapshotStep {

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
    MigrationSettings settings = MigrationSettings.fromJson(migration.settings());
    StoreSample sample =
        StoreSample.draw(
            store.snapshotReader(), new LegacyContentDecoder(settings.unpackedBytesMax()));
    Optional<byte[]> dictionary = sample.dictionary(memories);
    context
        .store()
        .update(
            connection -> {
              Integer dictionaryId = null;
              if (dictionary.isPresent()) {
                dictionaryId = store.shadowTable().nextDictionaryId(connection);
                store
                    .shadowTable()
                    .insertDictionary(
                        connection, dictionaryId, sample.texts().size(), dictionary.get());
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
                  .recordSettings(
                      connection,
                      lead.migrationId(),
                      lead.epoch(),
                      settings.withSegmentBytes(sample.segmentBytes()).toJson());
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
}
