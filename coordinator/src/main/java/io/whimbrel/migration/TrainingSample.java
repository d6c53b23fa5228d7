// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What a store's dictionary is trained on. */
final class TrainingSample {

  private static final int MEMORIES_MAX = 8_000;
  private static final long BYTES_MAX = 6L << 20;

  private TrainingSample() {}

  /** Decoded texts as UTF-8, none of them empty, at most 8,000 memories and 6 MiB as stored. */
  static List<byte[]> of(Store store) throws SQLException {
    LegacyContentDecoder decoder = new LegacyContentDecoder();
    List<byte[]> texts = new ArrayList<>();
    for (StoredContent content : store.snapshotReader().sample(MEMORIES_MAX, BYTES_MAX)) {
      DecodedContent decoded = decoder.decode(content);
      if (decoded instanceof DecodedText text && text.utf8().length > 0) {
        texts.add(text.utf8());
      }
    }
    return texts;
  }
}
