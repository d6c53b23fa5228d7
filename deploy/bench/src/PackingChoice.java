// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import java.util.List;

/** How a migration would pack a store that this is a sample of. In the program's package for it. */
public record PackingChoice(int segmentBytes, byte[] dictionary) {

  /** What the snapshot of a store of so many memories decides. */
  public static PackingChoice of(List<byte[]> texts, int memoriesOfStore) {
    long bytes = texts.stream().mapToLong(text -> text.length).sum();
    StoreSample sample = new StoreSample(texts.size(), bytes, texts, 0, 0);
    return new PackingChoice(
        sample.segmentBytes(), sample.dictionary(memoriesOfStore).orElseThrow());
  }
}
