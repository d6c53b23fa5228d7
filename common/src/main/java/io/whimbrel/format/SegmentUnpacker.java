// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;
import java.util.function.IntFunction;

/** Unpacks segments. */
public final class SegmentUnpacker implements AutoCloseable {
  private final IntFunction<Dictionary> lookup;
  private final ZstdDecompressCtx context = new ZstdDecompressCtx();

  public SegmentUnpacker(IntFunction<Dictionary> lookup) {
    this.lookup = lookup;
  }

  public byte[] unpack(Segment segment) {
    try {
      context.reset();
      if (segment.dictionaryId() != null) {
        context.loadDict(lookup.apply(segment.dictionaryId()).forDecompression());
      }
      byte[] raw = context.decompress(segment.body(), segment.rawSize());
      if (raw.length != segment.rawSize()) {
        throw new SegmentDamagedException("segment " + segment.segmentId() + " has another size");
      }
      return raw;
    } catch (ZstdException e) {
      throw new SegmentDamagedException(
          "segment " + segment.segmentId() + " does not unpack: " + e.getMessage(), e);
    }
  }

  public static byte[] slice(byte[] raw, Pointer p) {
    if (p.offset() < 0 || p.length() < 0 || p.offset() + p.length() > raw.length) {
      throw new SegmentDamagedException("a pointer leaves segment " + p.segmentId());
    }
    if (Crc32c.of(raw, p.offset(), p.length()) != p.crc32c()) {
      throw new SegmentDamagedException("a checksum differs in segment " + p.segmentId());
    }
    return Arrays.copyOfRange(raw, p.offset(), p.offset() + p.length());
  }

  @Override
  public void close() {
    context.close();
  }
}
