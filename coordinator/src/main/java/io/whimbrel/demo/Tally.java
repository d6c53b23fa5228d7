// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import io.whimbrel.demo.StoredMemory.Chunk;
import java.util.EnumMap;
import java.util.Map;

/** Counts what a filling makes. */
final class Tally {
  private final Map<DemoForm, Long> forms = new EnumMap<>(DemoForm.class);
  private long versions;
  private long chunks;
  private long embeddings;
  private long textBytes;
  private long storedBytes;

  void count(StoredMemory stored, boolean embedded, int versionsAdded) {
    forms.merge(stored.form(), 1L, Long::sum);
    versions += versionsAdded;
    chunks += stored.chunks().size();
    embeddings += embedded ? 1 : 0;
    textBytes += stored.textBytes();
    storedBytes += LegacyCodec.utf8(stored.content()).length;
    for (Chunk chunk : stored.chunks()) {
      storedBytes += LegacyCodec.utf8(chunk.data()).length;
    }
  }

  DemoSummary summary(Surroundings surroundings, long highestId) {
    return new DemoSummary(
        forms,
        surroundings.contexts(),
        surroundings.relations(),
        versions,
        chunks,
        embeddings,
        textBytes,
        storedBytes,
        highestId);
  }
}
