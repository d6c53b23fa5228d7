// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.format.DictionaryTrainer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StoreSampleTest {

  @Test
  void segments_areLarger_whenMemoriesAreShort() {
    assertThat(sampleOf("a short turn of a conversation", 500).segmentBytes()).isEqualTo(128 << 10);
    assertThat(sampleOf("a long note, ".repeat(100), 500).segmentBytes()).isEqualTo(32 << 10);
    assertThat(new StoreSample(0, 0, List.of(), 0, 0).segmentBytes()).isEqualTo(32 << 10);
  }

  @Test
  void dictionary_takesAHundredthOfASmallStoreAtMost() {
    StoreSample sample = sampleOf("what somebody said when they came home", 8_000);
    assertThat(sample.dictionary(8_000).orElseThrow())
        .hasSizeLessThanOrEqualTo(DictionaryTrainer.BYTES_MIN);
    assertThat(sample.dictionary(10_000_000).orElseThrow())
        .hasSizeBetween(DictionaryTrainer.BYTES_MIN + 1, DictionaryTrainer.BYTES_MAX_DEFAULT);
  }

  @Test
  void dictionary_isNone_whenTheStoreIsEmpty() {
    assertThat(new StoreSample(0, 0, List.of(), 0, 0).dictionary(0)).isEmpty();
  }

  private static StoreSample sampleOf(String text, int memories) {
    List<byte[]> texts =
        IntStream.range(0, memories)
            .mapToObj(i -> (text + Integer.toString(i * 7919, 36)).getBytes(UTF_8))
            .toList();
    return new StoreSample(memories, 0, texts, 0, 0);
  }
}
