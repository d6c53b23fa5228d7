// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was written.
 *
 * @param forms memories by form, every form present; unmodifiable
 * @param chunks rows of {@code memory_chunks}
 * @param embeddings memories with an embedding vector
 * @param textBytes UTF-8 bytes of the texts before any compression or damage
 * @param storedBytes UTF-8 bytes of stored contents and chunks
 * @param highestId the highest key of a memory; higher than their number, since keys have gaps
 */
public record DemoSummary(
    Map<DemoForm, Long> forms,
    long contexts,
    long relations,
    long versions,
    long chunks,
    long embeddings,
    long textBytes,
    long storedBytes,
    long highestId) {
  public DemoSummary {
    EnumMap<DemoForm, Long> copy = new EnumMap<>(DemoForm.class);
    for (DemoForm form : DemoForm.values()) {
      copy.put(form, forms.getOrDefault(form, 0L));
    }
    forms = Collections.unmodifiableMap(copy);
  }

  /** How many memories are stored in this form. */
  public long count(DemoForm form) {
    return forms.getOrDefault(form, 0L);
  }

  /** All memories. */
  public long memories() {
    return forms.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Memories that the legacy application damaged, decodable or not. */
  public long damaged() {
    return forms.entrySet().stream()
        .filter(entry -> entry.getKey().isDamaged())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
