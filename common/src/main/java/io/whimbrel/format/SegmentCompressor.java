// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes segment bodies. Keeps its context and a buffer; not thread-safe. */
final class SegmentCompressor implements FrameMaker {

  static final int LEVEL_MIN = 1;
  static final int LEVEL_MAX = 19;

  /** Above this, a buffer is made for the one segment and not kept. */
  private static final int KEPT_BYTES_MAX = 4 * 1024 * 1024;

  private final ZstdCompressCtx context = new ZstdCompressCtx();
  private byte[] buffer = new byte[0];

  SegmentCompressor(@Nullable Dictionary dictionary, int level) {
    context.setLevel(level).setChecksum(true).setContentSize(true);
    if (dictionary != null) {
      context.loadDict(dictionary.compressor(level));
    }
  }

  @Override
  public byte[] frameOf(byte[] raw, int length) {
    long bound = Zstd.compressBound(length);
    if (bound > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("too long for one segment: bytes=" + length);
    }
    if (bound > KEPT_BYTES_MAX) {
      return largeFrameOf(raw, length, (int) bound);
    }
    if (buffer.length < bound) {
      buffer = new byte[(int) bound];
    }
    return frameOf(raw, length, buffer);
  }

  // Texts halve at least: room for one that does not is made when it comes.
  private byte[] largeFrameOf(byte[] raw, int length, int bound) {
    try {
      return frameOf(raw, length, new byte[bound / 2]);
    } catch (ZstdException e) {
      if (e.getErrorCode() != Zstd.errDstSizeTooSmall()) {
        throw e;
      }
      return frameOf(raw, length, new byte[bound]);
    }
  }

  private byte[] frameOf(byte[] raw, int length, byte[] target) {
    int frameLength = context.compressByteArray(target, 0, target.length, raw, 0, length);
    return Arrays.copyOf(target, frameLength);
  }

  @Override
  public void close() {
    context.close();
  }
}
