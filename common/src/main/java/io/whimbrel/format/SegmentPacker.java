// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Packs the memories of a range into segments, in the order given, and checks each segment before
 * it goes to the sink. Contexts and buffers are kept from range to range. Not thread-safe. After an
 * exception only {@link #reset} and {@link #close} make sense.
 */
public final class SegmentPacker implements AutoCloseable {

  /** Raw bytes of a segment: large enough to compress well, small enough to read one memory. */
  public static final int TARGET_RAW_BYTES_DEFAULT = 32 * 1024;

  private static final int TARGET_RAW_BYTES_MAX = 64 * 1024 * 1024;

  private final @Nullable Integer dictionaryId;
  private final FrameMaker frames;
  private final SegmentChecker checker;
  private final byte[] buffer;
  private long rangeId;
  private int ordinal;
  private Consumer<Segment> sink;
  private int bufferedBytes;
  private int bufferedMemories;
  private long compressNanos;
  private long checkNanos;

  /**
   * A packer at the start of a range.
   *
   * @param firstOrdinal the number of the first segment in the range, see {@link SegmentIds}
   * @param dictionary outlives the packer; null for none
   * @param level zstd's, from 1 to 19
   * @param targetRawBytes the most raw bytes of a segment of several memories
   * @param sink takes each finished segment, in order of their ids
   */
  public SegmentPacker(
      long rangeId,
      int firstOrdinal,
      @Nullable Dictionary dictionary,
      int level,
      int targetRawBytes,
      Consumer<Segment> sink) {
    this(
        rangeId,
        firstOrdinal,
        dictionary,
        targetRawBytes,
        sink,
        new SegmentCompressor(dictionary, checkedLevel(level)));
  }

  SegmentPacker(
      long rangeId,
      int firstOrdinal,
      @Nullable Dictionary dictionary,
      int targetRawBytes,
      Consumer<Segment> sink,
      FrameMaker frames) {
    if (targetRawBytes < 1 || targetRawBytes > TARGET_RAW_BYTES_MAX) {
      throw new IllegalArgumentException("targetRawBytes=" + targetRawBytes);
    }
    this.rangeId = rangeId;
    this.ordinal = firstOrdinal;
    this.sink = sink;
    this.frames = frames;
    this.dictionaryId = dictionary == null ? null : dictionary.id();
    this.checker = new SegmentChecker(dictionary);
    this.buffer = new byte[targetRawBytes];
  }

  /** Starts another range. What was added since the last {@link #finish} is dropped. */
  public void reset(long newRangeId, int firstOrdinal, Consumer<Segment> newSink) {
    rangeId = newRangeId;
    ordinal = firstOrdinal;
    sink = newSink;
    bufferedBytes = 0;
    bufferedMemories = 0;
  }

  /**
   * Takes one memory. A memory longer than the target gets a segment of its own; none is split.
   *
   * @return where it will be once its segment has reached the sink
   * @throws SegmentCheckException when a segment does not decompress to its memories
   */
  public Pointer add(byte[] utf8) {
    if (utf8.length > buffer.length - bufferedBytes) {
      finish();
    }
    int crc32c = Crc32c.of(utf8, 0, utf8.length);
    Pointer pointer =
        new Pointer(SegmentIds.of(rangeId, ordinal), bufferedBytes, utf8.length, crc32c);
    if (utf8.length > buffer.length) {
      emit(utf8, utf8.length, 1);
    } else {
      System.arraycopy(utf8, 0, buffer, bufferedBytes, utf8.length);
      bufferedBytes += utf8.length;
      bufferedMemories++;
    }
    return pointer;
  }

  /**
   * Sends what is buffered to the sink.
   *
   * @throws SegmentCheckException when the segment does not decompress to its memories
   */
  public void finish() {
    if (bufferedMemories > 0) {
      emit(buffer, bufferedBytes, bufferedMemories);
      bufferedBytes = 0;
      bufferedMemories = 0;
    }
  }

  /** The number of the next segment to reach the sink. */
  public int nextOrdinal() {
    return ordinal;
  }

  /** Raw bytes added that have not reached the sink. */
  public int bufferedRawBytes() {
    return bufferedBytes;
  }

  /** Nanoseconds spent compressing since the packer was made. */
  public long compressNanos() {
    return compressNanos;
  }

  /** Nanoseconds spent decompressing and comparing since the packer was made. */
  public long checkNanos() {
    return checkNanos;
  }

  @Override
  public void close() {
    frames.close();
    checker.close();
  }

  private void emit(byte[] raw, int length, int memoryCount) {
    long segmentId = SegmentIds.of(rangeId, ordinal);
    long started = System.nanoTime();
    byte[] body = frames.frameOf(raw, length);
    long compressed = System.nanoTime();
    checker.check(segmentId, raw, length, body);
    compressNanos += compressed - started;
    checkNanos += System.nanoTime() - compressed;
    ordinal++;
    sink.accept(new Segment(segmentId, dictionaryId, length, memoryCount, body));
  }

  private static int checkedLevel(int level) {
    if (level < SegmentCompressor.LEVEL_MIN || level > SegmentCompressor.LEVEL_MAX) {
      throw new IllegalArgumentException("level=" + level + " is not within 1 to 19");
    }
    return level;
  }
}
