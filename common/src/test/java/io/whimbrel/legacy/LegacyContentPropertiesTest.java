// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import static io.whimbrel.legacy.Stored.chunked;
import static io.whimbrel.legacy.Stored.flagged;
import static io.whimbrel.legacy.Stored.gzipBase64;
import static io.whimbrel.legacy.Stored.packedChunk;
import static io.whimbrel.legacy.Stored.plainChunk;
import static io.whimbrel.legacy.Stored.unflagged;
import static io.whimbrel.legacy.Stored.zlibBase64;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class LegacyContentPropertiesTest {

  private static final int TRIES = 300;

  private final LegacyContentDecoder decoder = new LegacyContentDecoder(1_000_000);

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(400);
    Arbitrary<String> repeated =
        any.flatMap(s -> Arbitraries.integers().between(1, 300).map(s::repeat));
    // A lone surrogate has no UTF-8: no store holds one.
    return Arbitraries.oneOf(any, repeated, Arbitraries.strings().alpha().ofMaxLength(3000))
        .map(s -> new String(s.getBytes(UTF_8), UTF_8));
  }

  @Property(tries = TRIES)
  void anyText_comesBack_fromEachForm(@ForAll("texts") String text, @ForAll boolean hasSize) {
    Long size = hasSize ? (long) text.codePointCount(0, text.length()) : null;

    assertThat(read(unflagged(text, size))).isEqualTo(text);
    assertThat(read(flagged(zlibBase64(text), size))).isEqualTo(text);
    assertThat(read(flagged(gzipBase64(text), size))).isEqualTo(text);
  }

  @Property(tries = TRIES)
  void anyText_comesBack_fromChunks(
      @ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 500) int pieceSize) {
    int[] codePoints = text.codePoints().toArray();
    String metadata = "{\"hash\": \"" + ChunkHash.of(text.getBytes(UTF_8)) + "\"}";
    int count = Math.max(1, (codePoints.length + pieceSize - 1) / pieceSize);
    Chunk[] chunks = new Chunk[count];
    for (int i = 0; i < count; i++) {
      int from = i * pieceSize;
      int length = Math.min(pieceSize, codePoints.length - from);
      String piece = new String(codePoints, from, length);
      chunks[i] =
          i % 2 == 0 ? packedChunk(i, zlibBase64(piece), metadata) : plainChunk(i, piece, metadata);
    }

    assertThat(read(chunked((long) codePoints.length, chunks))).isEqualTo(text);
  }

  /** The text is lost, or it comes with a warning; it never reads as another sound text. */
  @Property(tries = TRIES)
  void anyCut_isNeverSilent(
      @ForAll("texts") String text,
      @ForAll boolean isGzip,
      @ForAll boolean hasSize,
      @ForAll @IntRange(min = 0, max = 99) int percentKept) {
    String packed = isGzip ? gzipBase64(text) : zlibBase64(text);
    String cut = packed.substring(0, packed.length() * percentKept / 100);
    // An empty content is a matter of chunks and of the size, tested by itself.
    if (cut.isEmpty()) {
      return;
    }
    Long size = hasSize ? (long) text.codePointCount(0, text.length()) : null;

    DecodedContent decoded = decoder.decode(flagged(cut, size));

    if (decoded instanceof DecodedText read) {
      assertThat(read.warning()).isNotNull();
    } else {
      assertThat(((QuarantinedContent) decoded).problem()).isEqualTo(ContentProblem.CUT_STREAM);
    }
  }

  @Property(tries = TRIES)
  void anyFlippedBit_isNeverSilent(
      @ForAll("texts") String text, @ForAll boolean isGzip, @ForAll int at) {
    byte[] stream = isGzip ? Stored.gzip(text.getBytes(UTF_8)) : Stored.zlib(text.getBytes(UTF_8));
    int bit = Math.floorMod(at, stream.length * 8);
    stream[bit / 8] ^= (byte) (1 << bit % 8);

    DecodedContent decoded = decoder.decode(flagged(Stored.base64(stream), null));

    // Some bits of a header (a time, a hint) say nothing about the text: then it is the same text.
    if (decoded instanceof DecodedText read && read.warning() == null) {
      assertThat(new String(read.utf8(), UTF_8)).isEqualTo(text);
    }
  }

  @Property(tries = TRIES)
  void anyBytes_areDecodedWithoutThrowing(
      @ForAll @Size(max = 600) byte[] bytes, @ForAll long size, @ForAll StreamHead head) {
    byte[] stream = Stored.joined(head.bytes(), bytes);
    byte[] base64 = Stored.base64(stream).getBytes(UTF_8);

    for (byte[] stored : List.of(bytes, stream, base64)) {
      StoredContent content = new StoredContent(stored, StorageClass.TEXT, true, size, List::of);
      assertThat(decoder.decode(content)).isNotNull();
    }
    Chunk chunk = new Chunk(size, base64, "gzip", new String(bytes, UTF_8));
    StoredContent chunked =
        new StoredContent(new byte[0], StorageClass.TEXT, true, size, () -> List.of(chunk));
    assertThat(decoder.decode(chunked)).isNotNull();
  }

  enum StreamHead {
    NONE(""),
    ZLIB("789c"),
    GZIP("1f8b08"),
    GZIP_WITH_FIELDS("1f8b081e");

    private final String hex;

    StreamHead(String hex) {
      this.hex = hex;
    }

    byte[] bytes() {
      return HexFormat.of().parseHex(hex);
    }
  }

  private String read(StoredContent stored) {
    DecodedContent decoded = decoder.decode(stored);
    assertThat(decoded).isInstanceOf(DecodedText.class);
    DecodedText text = (DecodedText) decoded;
    assertThat(text.warning()).as(text.detail()).isNull();
    return new String(text.utf8(), UTF_8);
  }
}
