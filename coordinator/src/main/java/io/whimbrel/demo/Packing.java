// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import io.whimbrel.demo.StoredMemory.Chunk;
import java.util.ArrayList;
import java.util.List;

/** Puts a text into a stored form. */
final class Packing implements AutoCloseable {
  /** What a lazily read memory was cut to, in characters. */
  static final int LAZY_CHARS = 100;

  /** How many pieces the chunk limit left of a memory that was cut. */
  private static final int CHUNKS_KEPT = 3;

  private final LegacyCodec codec = new LegacyCodec();

  /**
   * The text in the wished form, or in the one that the application would have chosen instead: it
   * packed no text in vain.
   *
   * @param pieceChars code points of a chunk, for the chunked forms
   * @param epochSeconds time of writing, which gzip files carry
   */
  StoredMemory pack(DemoForm wish, String text, int pieceChars, int epochSeconds) {
    return switch (wish) {
      case PLAIN -> plain(text);
      case ZLIB -> zlib(text);
      case GZIP -> gzip(text, epochSeconds);
      case CHUNKED -> chunked(text, pieceChars);
      case CUT_BASE64 -> {
        String cut =
            LegacyCodec.base64(codec.zlib(LegacyCodec.utf8(text))).substring(0, LAZY_CHARS);
        yield stored(wish, text, cut, true, cut, List.of());
      }
      case WRONG_FLAG -> stored(wish, text, text, true, text, List.of());
      case CUT_TEXT -> {
        String cut = CodePoints.first(text, LAZY_CHARS);
        yield stored(wish, text, cut, false, cut, List.of());
      }
      case CUT_CHUNKS -> cutChunks(text, pieceChars);
      case INTERRUPTED_CREATE -> stored(wish, text, "", false, "", List.of());
    };
  }

  /** The text as a zlib stream even when plain would be shorter: one of the old settings. */
  StoredMemory alwaysZlib(String text) {
    String packed = LegacyCodec.base64(codec.zlib(LegacyCodec.utf8(text)));
    return stored(DemoForm.ZLIB, text, packed, true, text, List.of());
  }

  @Override
  public void close() {
    codec.close();
  }

  private static StoredMemory plain(String text) {
    return stored(DemoForm.PLAIN, text, text, false, text, List.of());
  }

  private StoredMemory zlib(String text) {
    String packed = packedIfShorter(text);
    return packed.isEmpty()
        ? plain(text)
        : stored(DemoForm.ZLIB, text, packed, true, text, List.of());
  }

  private StoredMemory gzip(String text, int epochSeconds) {
    byte[] bytes = LegacyCodec.utf8(text);
    if (bytes.length <= LegacyCodec.GZIP_BYTES_ABOVE) {
      return zlib(text);
    }
    String packed = LegacyCodec.base64(LegacyCodec.gzip(bytes, epochSeconds));
    return stored(DemoForm.GZIP, text, packed, true, text, List.of());
  }

  private StoredMemory chunked(String text, int pieceChars) {
    List<String> pieces = CodePoints.pieces(text, pieceChars);
    return stored(DemoForm.CHUNKED, text, "", true, text, chunks(text, pieces, pieces.size()));
  }

  private StoredMemory cutChunks(String text, int pieceChars) {
    List<String> pieces = CodePoints.pieces(text, pieceChars);
    if (pieces.size() <= CHUNKS_KEPT) {
      throw new IllegalArgumentException("too few pieces to lose any: pieces=" + pieces.size());
    }
    String left = String.join("", pieces.subList(0, CHUNKS_KEPT));
    return stored(DemoForm.CUT_CHUNKS, text, "", true, left, chunks(text, pieces, CHUNKS_KEPT));
  }

  private List<Chunk> chunks(String text, List<String> pieces, int kept) {
    // One piece carries its own hash, several carry that of the whole: the same bytes either way.
    String hash = LegacyCodec.sha256(LegacyCodec.utf8(text));
    List<Chunk> chunks = new ArrayList<>();
    for (String piece : pieces.subList(0, kept)) {
      String packed = packedIfShorter(piece);
      String data = packed.isEmpty() ? piece : packed;
      int original = LegacyCodec.utf8(piece).length;
      int stored = packed.isEmpty() ? original : packed.length();
      double ratio = packed.isEmpty() ? 0.0 : 1.0 - (double) stored / original;
      String metadata =
          "{\"original_size\": "
              + original
              + ", \"compressed_size\": "
              + stored
              + ", \"compression_ratio\": "
              + ratio
              + ", \"hash\": \""
              + hash
              + "\"}";
      chunks.add(new Chunk(data, metadata, packed.isEmpty() ? "none" : "zstd"));
    }
    return chunks;
  }

  /** Base64 of the zlib stream, or empty when the application kept such a text plain. */
  private String packedIfShorter(String text) {
    int chars = CodePoints.count(text);
    if (chars < LegacyCodec.ZLIB_CHARS_MIN) {
      return "";
    }
    byte[] bytes = LegacyCodec.utf8(text);
    byte[] packed = codec.zlib(bytes);
    boolean pays = packed.length < bytes.length || chars > LegacyCodec.PLAIN_CHARS_MAX;
    return pays ? LegacyCodec.base64(packed) : "";
  }

  private static StoredMemory stored(
      DemoForm form,
      String text,
      String content,
      boolean flag,
      String readsAs,
      List<Chunk> chunks) {
    return new StoredMemory(
        form,
        content,
        flag,
        CodePoints.count(text),
        readsAs,
        LegacyCodec.utf8(text).length,
        chunks);
  }
}
