// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

final class SegmentPropertiesTest {

  private static final Dictionary DICTIONARY = Samples.dictionary(3);

  @AfterContainer
  static void closeDictionary() {
    DICTIONARY.close();
  }

  @Provide
  Arbitrary<List<byte[]>> memories() {
    Arbitrary<byte[]> random = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
    Arbitrary<byte[]> alike =
        Arbitraries.integers().between(0, 999).map(i -> Samples.memories(7, 1000).get(i));
    Arbitrary<byte[]> longOnes =
        Arbitraries.integers().between(900, 5000).map(length -> Samples.noise(length, length));
    return Arbitraries.frequencyOf(Tuple.of(4, random), Tuple.of(4, alike), Tuple.of(1, longOnes))
        .list()
        .ofMaxSize(60);
  }

  @Property(tries = 150)
  void anyMemories_readBackIdentically(
      @ForAll("memories") List<byte[]> memories,
      @ForAll boolean hasDictionary,
      @ForAll @IntRange(min = 1, max = 19) int level,
      @ForAll @IntRange(min = 1, max = 2000) int target) {
    Dictionary dictionary = hasDictionary ? DICTIONARY : null;
    List<Segment> segments = new ArrayList<>();
    List<Pointer> pointers = new ArrayList<>();
    try (SegmentPacker packer = new SegmentPacker(5, 2, dictionary, level, target, segments::add)) {
      memories.forEach(memory -> pointers.add(packer.add(memory)));
      packer.finish();
      assertThat(packer.bufferedRawBytes()).isZero();
      assertThat(packer.nextOrdinal()).isEqualTo(2 + segments.size());
    }

    assertThat(readAll(segments, pointers)).containsExactlyElementsOf(memories);
    assertThat(segments.stream().mapToInt(Segment::memoryCount).sum()).isEqualTo(memories.size());
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      assertThat(segment.segmentId()).isEqualTo(SegmentIds.of(5, 2 + i));
      assertThat(segment.dictionaryId()).isEqualTo(hasDictionary ? Integer.valueOf(3) : null);
      assertThat(segment.rawSize() <= target || segment.memoryCount() == 1).isTrue();
    }
  }

  /** Damage is seen, or (in a bit of the frame that says nothing) it does no harm. */
  @Property(tries = 500)
  void anyFlippedBit_isDetected(
      @ForAll @IntRange(min = 0, max = 999) int seed,
      @ForAll int at,
      @ForAll boolean hasDictionary) {
    List<byte[]> memories = Samples.memories(seed, 8);
    List<Segment> segments = new ArrayList<>();
    List<Pointer> pointers = new ArrayList<>();
    try (SegmentPacker packer =
        new SegmentPacker(0, 0, hasDictionary ? DICTIONARY : null, 3, 100_000, segments::add)) {
      memories.forEach(memory -> pointers.add(packer.add(memory)));
      packer.finish();
    }
    byte[] body = segments.get(0).body();
    int bit = Math.floorMod(at, body.length * 8);
    body[bit / 8] ^= (byte) (1 << bit % 8);

    List<byte[]> read;
    try {
      read = readAll(segments, pointers);
    } catch (SegmentDamagedException e) {
      return;
    }
    assertThat(read).containsExactlyElementsOf(memories);
  }

  private static List<byte[]> readAll(List<Segment> segments, List<Pointer> pointers) {
    Map<Long, byte[]> raw = new HashMap<>();
    try (SegmentUnpacker unpacker = new SegmentUnpacker(id -> DICTIONARY)) {
      segments.forEach(segment -> raw.put(segment.segmentId(), unpacker.unpack(segment)));
    }
    List<byte[]> read = new ArrayList<>();
    for (Pointer pointer : pointers) {
      byte[] bytes = requireNonNull(raw.get(pointer.segmentId()));
      read.add(SegmentUnpacker.slice(bytes, pointer));
    }
    return read;
  }
}
