// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses what was just compressed and compares. Keeps its context and a buffer; not
 * thread-safe.
 */
final class SegmentChecker implements AutoCloseable {

  /** Above this the comparison streams, so that a huge memory is not held a third time. */
  static final int WHOLE_BYTES_MAX = 4 * 1024 * 1024;

  private static final int WINDOW_BYTES = 128 * 1024;

  private final ZstdDecompressCtx context = new ZstdDecompressCtx();
  private final @Nullable Dictionary dictionary;
  private byte[] buffer = new byte[WINDOW_BYTES];

  SegmentChecker(@Nullable Dictionary dictionary) {
    this.dictionary = dictionary;
    if (dictionary != null) {
      context.loadDict(dictionary.decompressor());
    }
  }

  /**
   * Compares the first {@code length} bytes with what the frame holds.
   *
   * @throws SegmentCheckException when they differ
   */
  void check(long segmentId, byte[] raw, int length, byte[] frame) {
    boolean isEqual;
    try {
      // Readers make room by the frame's own word, so it has to be right too.
      isEqual =
          Zstd.getFrameContentSize(frame) == length
              && (length <= WHOLE_BYTES_MAX
                  ? isEqualWhole(raw, length, frame)
                  : isEqualStreamed(raw, length, frame, dictionary));
    } catch (ZstdException | IOException e) {
      throw new SegmentCheckException(
          "a new segment does not decompress: segment=" + segmentId + " rawSize=" + length, e);
    }
    if (!isEqual) {
      throw new SegmentCheckException(
          "a new segment differs from its memories: segment=" + segmentId + " rawSize=" + length);
    }
  }

  @Override
  public void close() {
    context.close();
  }

  private boolean isEqualWhole(byte[] raw, int length, byte[] frame) {
    if (buffer.length < length) {
      buffer = new byte[length];
    }
    int decompressed =
        context.decompressByteArray(buffer, 0, buffer.length, frame, 0, frame.length);
    return decompressed == length && Arrays.equals(raw, 0, length, buffer, 0, length);
  }

  /** Compares window by window, without room for the whole. */
  static boolean isEqualStreamed(
      byte[] raw, int length, byte[] frame, @Nullable Dictionary dictionary) throws IOException {
    byte[] window = new byte[WINDOW_BYTES];
    try (ZstdInputStreamNoFinalizer in =
        new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(frame))) {
      if (dictionary != null) {
        in.setDict(dictionary.decompressor());
      }
      int at = 0;
      int count = in.read(window, 0, window.length);
      while (count >= 0) {
        if (count > length - at || !Arrays.equals(raw, at, at + count, window, 0, count)) {
          return false;
        }
        at += count;
        count = in.read(window, 0, window.length);
      }
      return at == length;
    }
  }
}
