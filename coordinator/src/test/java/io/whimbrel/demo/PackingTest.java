// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PackingTest {
  private static final String SENTENCE = "The café on the corner sells 12 kinds of bread 🍞. ";

  private final Packing packing = new Packing();

  @AfterEach
  void close() {
    packing.close();
  }

  @Test
  void size_countsCodePoints_whenTextHasEmoji() {
    assertThat(packing.pack(DemoForm.PLAIN, "ab🍞", 0, 0).size()).isEqualTo(3);
  }

  @Test
  void text_staysPlain_whenShorterThanHundredCodePoints() {
    String text = "a".repeat(99);

    assertThat(packing.pack(DemoForm.ZLIB, text, 0, 0).form()).isEqualTo(DemoForm.PLAIN);
    assertThat(packing.pack(DemoForm.ZLIB, text + "a", 0, 0).form()).isEqualTo(DemoForm.ZLIB);
    assertThat(packing.alwaysZlib("a").form()).isEqualTo(DemoForm.ZLIB);
  }

  @Test
  void gzip_isTakenOnlyAboveTenKibibytes_whenWished() {
    StoredMemory below = packing.pack(DemoForm.GZIP, "a".repeat(10_240), 0, 0);
    StoredMemory above = packing.pack(DemoForm.GZIP, "a".repeat(10_241), 0, 0x01020304);

    assertThat(below.form()).isEqualTo(DemoForm.ZLIB);
    assertThat(above.form()).isEqualTo(DemoForm.GZIP);
    assertThat(above.content()).startsWith("H4sI");
    assertThat(Base64.getDecoder().decode(above.content()))
        .startsWith(0x1F, 0x8B, 8, 0, 4, 3, 2, 1, 2, 0xFF);
  }

  @Test
  void content_isHundredCharacters_whenCut() {
    String text = SENTENCE.repeat(20);
    StoredMemory base64 = packing.pack(DemoForm.CUT_BASE64, text + "0123456789".repeat(40), 0, 0);
    StoredMemory plain = packing.pack(DemoForm.CUT_TEXT, text, 0, 0);

    assertThat(base64.content()).hasSize(100).startsWith("eJ");
    assertThat(base64.flag()).isTrue();
    assertThat(CodePoints.count(plain.content())).isEqualTo(100);
    assertThat(plain.content()).hasSize(102);
    assertThat(plain.flag()).isFalse();
    assertThat(plain.size()).isEqualTo(1_000);
  }

  @Test
  void chunks_holdAllPieces_whenNothingIsDropped() {
    StoredMemory stored = packing.pack(DemoForm.CHUNKED, "é".repeat(4_096) + "tail", 4_096, 0);

    assertThat(stored.content()).isEmpty();
    assertThat(stored.flag()).isTrue();
    assertThat(stored.chunks())
        .extracting(StoredMemory.Chunk::compression)
        .containsExactly("zstd", "none");
    assertThat(stored.chunks().get(0).metadata()).startsWith("{\"original_size\": 8192, ");
    assertThat(stored.chunks().get(1).data()).isEqualTo("tail");
  }

  @Test
  void threePiecesAreLeft_whenChunksAreCut() {
    String text = SENTENCE.repeat(400);

    StoredMemory stored = packing.pack(DemoForm.CUT_CHUNKS, text, 4_096, 0);

    assertThat(stored.chunks()).hasSize(3);
    assertThat(stored.size()).isEqualTo(20_000);
    assertThat(CodePoints.count(stored.readsAs())).isEqualTo(3 * 4_096);
    assertThatThrownBy(() -> packing.pack(DemoForm.CUT_CHUNKS, "short", 4_096, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
