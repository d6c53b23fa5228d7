// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import static io.whimbrel.legacy.Stored.chunked;
import static io.whimbrel.legacy.Stored.gzipBase64;
import static io.whimbrel.legacy.Stored.packedChunk;
import static io.whimbrel.legacy.Stored.plainChunk;
import static io.whimbrel.legacy.Stored.zlibBase64;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ChunkedContentTest {

  private static final String WHOLE = "one \uD83D\uDC26 two three";
  private static final String HASH = hashOf(WHOLE);
  private static final long SIZE = 15;
  private static final Chunk FIRST = packedChunk(0, zlibBase64("one \uD83D\uDC26 "), HASH);
  private static final Chunk SECOND = packedChunk(1, gzipBase64("two "), HASH);
  private static final Chunk THIRD = plainChunk(2, "three", HASH);

  private final LegacyContentDecoder decoder = new LegacyContentDecoder(1000);

  static Stream<Arguments> chunks() {
    Chunk untyped = new Chunk(2, "three".getBytes(UTF_8), null, null);
    String upper = HASH.toUpperCase(Locale.ROOT).replace("HASH", "hash");
    return Stream.of(
        row("whole", chunked(SIZE, FIRST, SECOND, THIRD), WHOLE, null),
        row("in another order", chunked(SIZE, THIRD, FIRST, SECOND), WHOLE, null),
        row("no size", chunked(null, FIRST, SECOND, THIRD), WHOLE, null),
        row("no type, no metadata", chunked(SIZE, FIRST, SECOND, untyped), WHOLE, null),
        row("one piece", chunked(5L, plainChunk(0, "three", hashOf("three"))), "three", null),
        row("one empty piece", chunked(0L, plainChunk(0, "", hashOf(""))), "", null),
        row("no chunks, no size", chunked(0L), "", null),
        row("upper case", chunked(SIZE, FIRST, SECOND, plainChunk(2, "three", upper)), WHOLE, null),
        row("junk", chunked(SIZE, FIRST, SECOND, plainChunk(2, "three", "{junk")), WHOLE, null),
        row(
            "NaN",
            chunked(SIZE, FIRST, SECOND, plainChunk(2, "three", "{\"r\":NaN}")),
            WHOLE,
            null),
        row("no hash", chunked(5L, plainChunk(0, "three", "[1]")), "three", null),
        row("hash is a number", chunked(5L, plainChunk(0, "three", "{\"hash\":1}")), "three", null),
        row("no chunks", chunked(5L), "", ContentProblem.INTERRUPTED_CREATE),
        row(
            "gap",
            chunked(null, FIRST, THIRD),
            "one \uD83D\uDC26 three",
            ContentProblem.CUT_CHUNKS),
        row(
            "first missing",
            chunked(null, plainChunk(1, "b", null)),
            "b",
            ContentProblem.CUT_CHUNKS),
        row("negative", chunked(null, plainChunk(-1, "b", null)), "b", ContentProblem.CUT_CHUNKS),
        row(
            "repeat",
            chunked(null, plainChunk(0, "a", null), plainChunk(0, "b", null)),
            "ab",
            ContentProblem.CUT_CHUNKS),
        row(
            "dropped end",
            chunked(null, FIRST, SECOND),
            "one \uD83D\uDC26 two ",
            ContentProblem.CUT_CHUNKS),
        row(
            "other hash",
            chunked(5L, plainChunk(0, "three", HASH)),
            "three",
            ContentProblem.CUT_CHUNKS),
        row(
            "other size",
            chunked(6L, plainChunk(0, "three", null)),
            "three",
            ContentProblem.CUT_CHUNKS));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("chunks")
  void chunks_areJoined_whenTheyCanBeRead(
      String name, StoredContent stored, String expected, @Nullable ContentProblem warning) {
    DecodedContent decoded = decoder.decode(stored);

    assertThat(decoded).isInstanceOf(DecodedText.class);
    DecodedText text = (DecodedText) decoded;
    assertThat(new String(text.utf8(), UTF_8)).isEqualTo(expected);
    assertThat(text.warning()).isEqualTo(warning);
  }

  static Stream<Arguments> broken() {
    String packed = zlibBase64("what was said on the beach that day");
    return Stream.of(
        Arguments.of("words", packedChunk(1, "some words", null), ContentProblem.CORRUPT_STREAM),
        Arguments.of(
            "cut", packedChunk(1, packed.substring(0, 20), null), ContentProblem.CUT_STREAM),
        Arguments.of(
            "cut group", packedChunk(1, packed.substring(0, 21), null), ContentProblem.CUT_STREAM),
        Arguments.of(
            "bomb",
            packedChunk(1, zlibBase64("x".repeat(995)), null),
            ContentProblem.INFLATED_TOO_LARGE),
        Arguments.of(
            "long", plainChunk(1, "x".repeat(995), null), ContentProblem.INFLATED_TOO_LARGE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void chunks_areQuarantined_whenOneCannotBeUnpacked(
      String name, Chunk chunk, ContentProblem problem) {
    DecodedContent decoded = decoder.decode(chunked(null, FIRST, chunk));

    assertThat(decoded).isInstanceOf(QuarantinedContent.class);
    assertThat(((QuarantinedContent) decoded).problem()).isEqualTo(problem);
    assertThat(((QuarantinedContent) decoded).detail()).startsWith("chunk 1: ");
  }

  @Test
  void chunkedText_saysItsForm() {
    DecodedText text = (DecodedText) decoder.decode(chunked(SIZE, FIRST, SECOND, THIRD));

    assertThat(text.form()).isEqualTo(LegacyForm.CHUNKED);
  }

  private static Arguments row(
      String name, StoredContent stored, String expected, @Nullable ContentProblem warning) {
    return Arguments.of(name, stored, expected, warning);
  }

  private static String hashOf(String text) {
    return "{\"original_size\": 1, \"hash\": \"" + ChunkHash.of(text.getBytes(UTF_8)) + "\"}";
  }
}
