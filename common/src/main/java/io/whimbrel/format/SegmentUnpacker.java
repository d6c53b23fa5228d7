// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Reads segments. Keeps its contexts; not thread-safe. */
public final class SegmentUnpacker implements AutoCloseable {

  private final IntFunction<? extends @Nullable Dictionary> lookup;
  private final ZstdDecompressCtx plain = new ZstdDecompressCtx();
  private final ZstdDecompressCtx withDictionary = new ZstdDecompressCtx();
  private @Nullable Dictionary loaded;

  /**
   * An unpacker.
   *
   * @param lookup the dictionary of an id, or null when the store has none; what it returns is open
   *     and outlives the unpacker
   */
  public SegmentUnpacker(IntFunction<? extends @Nullable Dictionary> lookup) {
    this.lookup = lookup;
  }

  /**
   * The raw bytes of a segment.
   *
   * @throws SegmentDamagedException when the body is not a whole frame of the segment's size, or
   *     its dictionary is missing or another
   */
  public byte[] unpack(Segment segment) {
    byte[] body = segment.body();
    requireWholeFrame(segment);
    ZstdDecompressCtx context = contextFor(segment);
    byte[] raw = new byte[segment.rawSize()];
    int length;
    try {
      length = context.decompressByteArray(raw, 0, raw.length, body, 0, body.length);
    } catch (ZstdException e) {
      throw new SegmentDamagedException(
          "the segment does not decompress: " + describe(segment) + " reason=" + e.getMessage(), e);
    }
    if (length != raw.length) {
      throw new SegmentDamagedException(
          "the segment decompresses to another size: " + describe(segment) + " bytes=" + length);
    }
    return raw;
  }

  /**
   * Whether a segment holds just these bytes and nothing else; found without room for them.
   *
   * @throws SegmentDamagedException as {@link #unpack} does
   */
  public boolean holdsOnly(Segment segment, byte[] expected) {
    requireWholeFrame(segment);
    contextFor(segment);
    try {
      return segment.rawSize() == expected.length
          && SegmentChecker.isEqualStreamed(
              expected,
              expected.length,
              segment.body(),
              segment.dictionaryId() == null ? null : loaded);
    } catch (IOException e) {
      throw new SegmentDamagedException(
          "the segment does not decompress: " + describe(segment) + " reason=" + e.getMessage(), e);
    }
  }

  /**
   * One memory's bytes out of a segment's raw bytes.
   *
   * @throws SegmentDamagedException when the pointer leads outside or the checksum differs
   */
  public static byte[] slice(byte[] raw, Pointer pointer) {
    int end = pointer.offset() + pointer.length();
    if (end > raw.length) {
      throw new SegmentDamagedException(
          "the pointer leads outside its segment: " + pointer + " rawSize=" + raw.length);
    }
    int actual = Crc32c.of(raw, pointer.offset(), pointer.length());
    if (actual != pointer.crc32c()) {
      throw new SegmentDamagedException(
          "the memory's checksum differs: " + pointer + " actual=" + actual);
    }
    return Arrays.copyOfRange(raw, pointer.offset(), end);
  }

  @Override
  public void close() {
    plain.close();
    withDictionary.close();
  }

  // Compared first: a damaged size must not decide how much memory is taken.
  private static void requireWholeFrame(Segment segment) {
    byte[] body = segment.body();
    long contentSize = body.length == 0 ? -1 : Zstd.getFrameContentSize(body);
    if (contentSize != segment.rawSize()) {
      throw new SegmentDamagedException(
          "the segment's frame is damaged or of another size: "
              + describe(segment)
              + " frameContentSize="
              + contentSize);
    }
  }

  private ZstdDecompressCtx contextFor(Segment segment) {
    Integer id = segment.dictionaryId();
    if (id == null) {
      return plain;
    }
    Dictionary dictionary = loaded;
    if (dictionary == null || dictionary.id() != id) {
      dictionary = lookup.apply(id);
      if (dictionary == null) {
        throw new SegmentDamagedException(
            "the segment's dictionary is missing: " + describe(segment));
      }
      withDictionary.loadDict(dictionary.decompressor());
      loaded = dictionary;
    }
    return withDictionary;
  }

  private static String describe(Segment segment) {
    return "segment="
        + segment.segmentId()
        + " dictionary="
        + segment.dictionaryId()
        + " rawSize="
        + segment.rawSize();
  }
}
