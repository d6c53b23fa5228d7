// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.format.DictionaryTrainer;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.legacy.QuarantinedContent;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.SnapshotReader;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Memories drawn from all over a store, decoded, and how memories like these are best packed.
 *
 * @param memories how many were drawn
 * @param storedBytes their contents as stored
 * @param texts those that have a text, in UTF-8
 * @param quarantined those that cannot be decoded
 * @param warned those that read, with something to be said about them
 */
record StoreSample(
    long memories, long storedBytes, List<byte[]> texts, long quarantined, long warned) {

  private static final int MEMORIES_MAX = 8_000;
  private static final long BYTES_MAX = 6L << 20;

  /**
   * Memories of a few words compress by what their neighbours say, and many of them are read for
   * the price of one: 128 KiB instead of 32 KiB save 6 % of such a store, and cost a reader 0.1 ms.
   */
  private static final int SHORT_BYTES_AVERAGE_MAX = 256;

  private static final int SEGMENT_BYTES_SHORT = 128 << 10;

  /** A dictionary is read by every reader, and pays from about a hundred times its size on. */
  private static final int STORE_BYTES_PER_DICTIONARY_BYTE = 100;

  static StoreSample draw(SnapshotReader reader, LegacyContentDecoder decoder) throws SQLException {
    List<byte[]> texts = new ArrayList<>();
    long storedBytes = 0;
    long quarantined = 0;
    long warned = 0;
    List<StoredContent> drawn = reader.sample(MEMORIES_MAX, BYTES_MAX);
    for (StoredContent content : drawn) {
      byte[] bytes = content.bytes();
      storedBytes += bytes == null ? 0 : bytes.length;
      DecodedContent decoded = decoder.decode(content);
      if (decoded instanceof DecodedText text) {
        texts.add(text.utf8());
        warned += text.warning() == null ? 0 : 1;
      } else if (decoded instanceof QuarantinedContent) {
        quarantined++;
      }
    }
    return new StoreSample(drawn.size(), storedBytes, texts, quarantined, warned);
  }

  long rawBytes() {
    return texts.stream().mapToLong(text -> text.length).sum();
  }

  private long averageBytes() {
    return rawBytes() / Math.max(1, texts.size());
  }

  /** Raw bytes that a segment of this store should hold. */
  int segmentBytes() {
    return averageBytes() <= SHORT_BYTES_AVERAGE_MAX && !texts.isEmpty()
        ? SEGMENT_BYTES_SHORT
        : SegmentPacker.TARGET_RAW_BYTES_DEFAULT;
  }

  /** A dictionary for a store of so many memories; empty when there is too little to learn from. */
  Optional<byte[]> dictionary(long memoriesOfStore) {
    long bytes = averageBytes() * memoriesOfStore / STORE_BYTES_PER_DICTIONARY_BYTE;
    return DictionaryTrainer.train(
        texts,
        (int)
            Math.max(
                DictionaryTrainer.BYTES_MIN, Math.min(bytes, DictionaryTrainer.BYTES_MAX_DEFAULT)));
  }
}
