// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SegmentUnpackerTest {

  private static final byte[] TEXT = "the whimbrel crosses the ocean in one flight".getBytes(UTF_8);

  @Test
  void segments_readBack_whenTheirDictionariesAlternate() {
    try (Dictionary one = Samples.dictionary(1);
        Dictionary two = Samples.dictionary(2);
        SegmentUnpacker unpacker = new SegmentUnpacker(Map.of(1, one, 2, two)::get)) {
      List<Segment> segments =
          List.of(pack(one), pack(null), pack(two), pack(two), pack(null), pack(one));

      assertThat(segments)
          .extracting(Segment::dictionaryId)
          .containsExactly(1, null, 2, 2, null, 1);
      for (Segment segment : segments) {
        assertThat(unpacker.unpack(segment)).isEqualTo(TEXT);
      }
    }
  }

  @Test
  void segment_holdsOnlyItsOwnBytes_withAndWithoutADictionary() {
    try (Dictionary one = Samples.dictionary(1);
        SegmentUnpacker unpacker = new SegmentUnpacker(id -> one)) {
      for (Segment segment : List.of(pack(one), pack(null))) {
        byte[] other = TEXT.clone();
        other[other.length - 1]++;
        assertThat(unpacker.holdsOnly(segment, TEXT)).isTrue();
        assertThat(unpacker.holdsOnly(segment, other)).isFalse();
        assertThat(unpacker.holdsOnly(segment, Arrays.copyOf(TEXT, TEXT.length - 1))).isFalse();
        assertThat(unpacker.holdsOnly(segment, Arrays.copyOf(TEXT, TEXT.length + 1))).isFalse();
        byte[] cut = Arrays.copyOf(segment.body(), segment.body().length - 6);
        assertDamaged(
            () ->
                unpacker.holdsOnly(
                    new Segment(1, segment.dictionaryId(), TEXT.length, 1, cut), TEXT),
            "does not decompress");
      }
    }
  }

  @Test
  void segment_isDamaged_whenItsDictionaryIsMissingOrAnother() {
    try (Dictionary one = Samples.dictionary(1);
        Dictionary two = Samples.dictionary(2);
        SegmentUnpacker without = new SegmentUnpacker(id -> null);
        SegmentUnpacker withAnother = new SegmentUnpacker(id -> two)) {
      Segment segment = pack(one);

      assertDamaged(() -> without.unpack(segment), "dictionary is missing");
      assertDamaged(() -> withAnother.unpack(segment), "does not decompress");
      Segment unnamed = new Segment(1, null, segment.rawSize(), 1, segment.body());
      assertDamaged(() -> withAnother.unpack(unnamed), "does not decompress");
    }
  }

  @Test
  void segment_isDamaged_whenItsSizeOrFrameIsWrong() {
    try (SegmentUnpacker unpacker = new SegmentUnpacker(id -> null)) {
      byte[] body = pack(null).body();
      byte[] cut = Arrays.copyOf(body, body.length - 1);
      byte[] longer = Arrays.copyOf(body, body.length + 3);

      assertDamaged(() -> unpacker.unpack(segment(TEXT.length + 1, body)), "another size");
      assertDamaged(() -> unpacker.unpack(segment(TEXT.length - 1, body)), "another size");
      assertDamaged(() -> unpacker.unpack(segment(TEXT.length, cut)), "does not decompress");
      assertDamaged(() -> unpacker.unpack(segment(TEXT.length, longer)), "does not decompress");
      assertDamaged(() -> unpacker.unpack(segment(TEXT.length, TEXT)), "damaged");
      for (int length = 0; length < body.length; length++) {
        byte[] start = Arrays.copyOf(body, length);
        assertDamaged(() -> unpacker.unpack(segment(0, start)), "damaged");
        assertDamaged(() -> unpacker.unpack(segment(TEXT.length, start)), "the segment");
      }
    }
  }

  @Test
  void slice_isDamaged_whenItLeadsOutsideOrTheChecksumDiffers() {
    int sum = Crc32c.of(TEXT, 4, 8);

    assertThat(SegmentUnpacker.slice(TEXT, new Pointer(1, 4, 8, sum)))
        .isEqualTo("whimbrel".getBytes(UTF_8));
    assertDamaged(() -> SegmentUnpacker.slice(TEXT, new Pointer(1, 4, 8, sum + 1)), "checksum");
    assertDamaged(() -> SegmentUnpacker.slice(TEXT, new Pointer(1, 5, 8, sum)), "checksum");
    assertDamaged(() -> SegmentUnpacker.slice(TEXT, new Pointer(1, 40, 8, sum)), "outside");
  }

  @Test
  void crc32c_isTheOneOfCastagnoli() {
    byte[] digits = "123456789".getBytes(UTF_8);

    assertThat(Crc32c.of(digits, 0, digits.length)).isEqualTo((int) 0xE3069283L).isNegative();
    assertThat(Crc32c.of(digits, 3, 0)).isZero();
  }

  @Test
  void segmentIds_tellTheirRange() {
    assertThat(SegmentIds.of(0, 0)).isZero();
    assertThat(SegmentIds.of(3, 5)).isEqualTo(3 * 1_048_576L + 5);
    long highest = SegmentIds.of(SegmentIds.RANGE_ID_MAX, SegmentIds.ORDINALS - 1);
    assertThat(highest).isEqualTo(Long.MAX_VALUE);
    assertThat(SegmentIds.rangeOf(highest)).isEqualTo(SegmentIds.RANGE_ID_MAX);
    assertThat(SegmentIds.rangeOf(SegmentIds.of(7, SegmentIds.ORDINALS - 1))).isEqualTo(7);
    assertThatIllegalArgumentException().isThrownBy(() -> SegmentIds.of(-1, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SegmentIds.of(SegmentIds.RANGE_ID_MAX + 1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> SegmentIds.of(1, SegmentIds.ORDINALS));
    assertThatIllegalArgumentException().isThrownBy(() -> SegmentIds.of(1, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> SegmentIds.rangeOf(-1));
  }

  @Test
  void rejectsPlacesThatCannotBe() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Pointer(-1, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Pointer(0, -1, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Pointer(0, 0, -1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Pointer(0, Integer.MAX_VALUE, 1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Segment(1, null, 0, 0, new byte[0]));
  }

  private static Segment segment(int rawSize, byte[] body) {
    return new Segment(1, null, rawSize, 1, body);
  }

  private static Segment pack(@Nullable Dictionary dictionary) {
    List<Segment> segments = new ArrayList<>();
    try (SegmentPacker packer = new SegmentPacker(1, 0, dictionary, 3, 1000, segments::add)) {
      packer.add(TEXT);
      packer.finish();
    }
    return segments.get(0);
  }

  private static void assertDamaged(Runnable reading, String message) {
    assertThatExceptionOfType(SegmentDamagedException.class)
        .isThrownBy(reading::run)
        .withMessageContaining(message);
  }
}
