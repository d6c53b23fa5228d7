// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Packs texts into segments. Stand-in. */
public final class SegmentPacker implements AutoCloseable {
  private final @Nullable Dictionary dictionary;
  private final int target;
  private final ZstdCompressCtx compress = new ZstdCompressCtx();
  private final ZstdDecompressCtx check = new ZstdDecompressCtx();
  private byte[] buffer = new byte[64 << 10];
  private int used;
  private int count;
  private long rangeId;
  private int ordinal;
  private Consumer<Segment> sink = s -> {};
  private long compressNanos;
  private long checkNanos;

  public SegmentPacker(@Nullable Dictionary dictionary, int level, int target) {
    this.dictionary = dictionary;
    this.target = target;
    compress.setLevel(level).setChecksum(true);
    if (dictionary != null) {
      compress.loadDict(dictionary.forCompression(level));
      check.loadDict(dictionary.forDecompression());
    }
  }

  public void reset(long newRangeId, int firstOrdinal, Consumer<Segment> newSink) {
    rangeId = newRangeId;
    ordinal = firstOrdinal;
    sink = newSink;
    used = 0;
    count = 0;
    compressNanos = 0;
    checkNanos = 0;
  }

  public Pointer add(byte[] text) {
    if (used > 0 && used + text.length > target) {
      finish();
    }
    if (used + text.length > buffer.length) {
      buffer = Arrays.copyOf(buffer, used + text.length);
    }
    System.arraycopy(text, 0, buffer, used, text.length);
    Pointer p =
        new Pointer((rangeId << 20) + ordinal, used, text.length, Crc32c.of(text, 0, text.length));
    used += text.length;
    count++;
    return p;
  }

  public void finish() {
    if (count == 0) {
      return;
    }
    long t0 = System.nanoTime();
    byte[] raw = Arrays.copyOf(buffer, used);
    byte[] body = compress.compress(raw);
    long t1 = System.nanoTime();
    byte[] back = check.decompress(body, used);
    if (!Arrays.equals(raw, back)) {
      throw new IllegalStateException("a segment does not read back");
    }
    checkNanos += System.nanoTime() - t1;
    compressNanos += t1 - t0;
    sink.accept(
        new Segment(
            (rangeId << 20) + ordinal,
            dictionary == null ? null : dictionary.id(),
            used,
            count,
            body));
    ordinal++;
    used = 0;
    count = 0;
  }

  public long compressNanos() {
    return compressNanos;
  }

  public long checkNanos() {
    return checkNanos;
  }

  @Override
  public void close() {
    compress.close();
    check.close();
  }
}
