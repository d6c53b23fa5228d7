// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SegmentPackerTest {

  private final List<Segment> segments = new ArrayList<>();

  @Test
  void memories_shareASegment_untilTheTargetIsFull() {
    List<Pointer> pointers = new ArrayList<>();
    try (SegmentPacker packer = new SegmentPacker(1, 0, null, 3, 10, segments::add)) {
      for (int length : new int[] {4, 6, 0, 1, 11, 10, 3}) {
        pointers.add(packer.add(new byte[length]));
      }
      assertThat(packer.bufferedRawBytes()).isEqualTo(3);
      packer.finish();
      packer.finish();
    }

    assertThat(pointers)
        .extracting(pointer -> pointer.segmentId() - SegmentIds.of(1, 0), Pointer::offset)
        .containsExactly(
            tuple(0, 0),
            tuple(0, 4),
            tuple(0, 10),
            tuple(1, 0),
            tuple(2, 0),
            tuple(3, 0),
            tuple(4, 0));
    assertThat(segments)
        .extracting(Segment::rawSize, Segment::memoryCount)
        .containsExactly(pair(10, 3), pair(1, 1), pair(11, 1), pair(10, 1), pair(3, 1));
  }

  @Test
  void emptyMemory_readsBack_whenItIsAlone() {
    Pointer pointer;
    try (SegmentPacker packer = new SegmentPacker(1, 0, null, 3, 10, segments::add);
        SegmentUnpacker unpacker = new SegmentUnpacker(id -> null)) {
      pointer = packer.add(new byte[0]);
      packer.finish();

      assertThat(SegmentUnpacker.slice(unpacker.unpack(segments.get(0)), pointer)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hugeMemory_readsBack_whenItIsCheckedByStreaming(boolean hasDictionary) {
    byte[] huge = Samples.noise(1, 2 * SegmentChecker.WHOLE_BYTES_MAX + 12_345);
    // Half noise, half repetition: blocks of several kinds.
    System.arraycopy(huge, 0, huge, huge.length / 2, huge.length / 3);
    try (Dictionary dictionary = Samples.dictionary(1);
        SegmentUnpacker unpacker = new SegmentUnpacker(id -> dictionary);
        SegmentPacker packer =
            new SegmentPacker(1, 0, hasDictionary ? dictionary : null, 1, 32768, segments::add)) {
      packer.add(new byte[5]);
      Pointer pointer = packer.add(huge);

      assertThat(segments).hasSize(2);
      assertThat(pointer.offset()).isZero();
      assertThat(unpacker.unpack(segments.get(1))).isEqualTo(huge);
      assertThat(packer.compressNanos()).isPositive();
      assertThat(packer.checkNanos()).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, SegmentChecker.WHOLE_BYTES_MAX + 1})
  void segment_neverReachesTheSink_whenItDiffersFromItsMemories(int length) {
    byte[] memory = Samples.noise(2, length);
    for (Lie lie : Lie.values()) {
      try (SegmentPacker packer =
          new SegmentPacker(1, 0, null, 200, segments::add, new LyingFrames(lie))) {
        assertThatExceptionOfType(SegmentCheckException.class)
            .as(lie.name())
            .isThrownBy(
                () -> {
                  packer.add(memory);
                  packer.finish();
                })
            .withMessageContaining("segment=" + SegmentIds.of(1, 0));
        assertThat(packer.nextOrdinal()).isZero();
      }
    }
    assertThat(segments).isEmpty();
  }

  @Test
  void reset_dropsWhatWasBuffered_andStartsTheNextRange() {
    List<Segment> next = new ArrayList<>();
    try (SegmentPacker packer = new SegmentPacker(1, 0, null, 3, 100, segments::add)) {
      packer.add(new byte[10]);

      packer.reset(9, 4, next::add);
      Pointer pointer = packer.add(new byte[20]);
      packer.finish();

      assertThat(pointer.segmentId()).isEqualTo(SegmentIds.of(9, 4));
      assertThat(pointer.offset()).isZero();
    }
    assertThat(segments).isEmpty();
    assertThat(next).extracting(Segment::rawSize).containsExactly(20);
  }

  @Test
  void largeMemories_arePacked_whetherTheyCompressOrNot() {
    byte[] noise = new byte[6 << 20];
    new Random(1).nextBytes(noise);
    byte[] text = "the same words over and over, ".repeat(200_000).getBytes(UTF_8);
    try (SegmentPacker packer = new SegmentPacker(1, 0, null, 3, 100, segments::add);
        SegmentUnpacker unpacker = new SegmentUnpacker(id -> null)) {
      packer.add(noise);
      packer.add(text);
      assertThat(segments.get(0).body()).hasSizeGreaterThan(noise.length);
      assertThat(unpacker.unpack(segments.get(0))).isEqualTo(noise);
      assertThat(unpacker.unpack(segments.get(1))).isEqualTo(text);
    }
  }

  @Test
  void rejectsLevelsAndTargetsOutOfBounds() {
    for (int level : new int[] {0, 20, -1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new SegmentPacker(1, 0, null, level, 100, segments::add));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SegmentPacker(1, 0, null, 3, 0, segments::add));
  }

  @Test
  void add_fails_whenTheRangeHasNoSegmentLeft() {
    try (SegmentPacker packer =
        new SegmentPacker(1, SegmentIds.ORDINALS - 1, null, 3, 10, segments::add)) {
      packer.add(new byte[10]);

      assertThatIllegalArgumentException().isThrownBy(() -> packer.add(new byte[1]));
    }
    assertThat(segments).hasSize(1);
  }

  private static Tuple tuple(long ordinal, int offset) {
    return Tuple.tuple(ordinal, offset);
  }

  private static Tuple pair(int rawSize, int memoryCount) {
    return Tuple.tuple(rawSize, memoryCount);
  }

  private enum Lie {
    OTHER_BYTES,
    SHORTER,
    LONGER,
    CUT_FRAME,
    BROKEN_FRAME
  }

  /** A compressor that does not give back what it was given. */
  private static final class LyingFrames implements FrameMaker {

    private final Lie lie;
    private final SegmentCompressor honest = new SegmentCompressor(null, 1);

    LyingFrames(Lie lie) {
      this.lie = lie;
    }

    @Override
    public byte[] frameOf(byte[] raw, int length) {
      byte[] other = Arrays.copyOf(raw, length + 1);
      return switch (lie) {
        case OTHER_BYTES -> {
          other[length - 1] ^= 1;
          yield honest.frameOf(other, length);
        }
        case SHORTER -> honest.frameOf(raw, length - 1);
        case LONGER -> honest.frameOf(other, length + 1);
        case CUT_FRAME -> {
          byte[] frame = honest.frameOf(raw, length);
          yield Arrays.copyOf(frame, frame.length - 5);
        }
        case BROKEN_FRAME -> {
          byte[] frame = honest.frameOf(raw, length);
          frame[frame.length - 1] ^= 1;
          yield frame;
        }
      };
    }

    @Override
    public void close() {
      honest.close();
    }
  }
}
