// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.whimbrel.testing.SharedData;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports how real conversations compress; a ratio is no promise, so it is not asserted. */
final class CompressionRatioIT {

  private static final Logger LOG = LoggerFactory.getLogger(CompressionRatioIT.class);

  @Test
  void conversations_readBack_whenTheDictionaryIsOfOthers() throws Exception {
    List<byte[]> samples = new ArrayList<>();
    List<byte[]> memories = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    for (String line : Files.readAllLines(SharedData.fileOrSkip("conversations-a.jsonl"))) {
      JsonNode memory = json.readTree(line);
      byte[] text = memory.get("text").asText().getBytes(UTF_8);
      (memory.get("conversation").intValue() < 2 ? samples : memories).add(text);
    }
    byte[] body =
        DictionaryTrainer.train(samples, DictionaryTrainer.BYTES_MAX_DEFAULT).orElseThrow();
    try (Dictionary dictionary = new Dictionary(1, body)) {
      for (int level : new int[] {3, 19}) {
        pack(memories, dictionary, level);
      }
    }
  }

  private static void pack(List<byte[]> memories, Dictionary dictionary, int level) {
    List<Segment> segments = new ArrayList<>();
    // What a migration chooses for memories this short.
    int target = 128 << 10;
    try (SegmentPacker packer = new SegmentPacker(1, 0, dictionary, level, target, segments::add);
        SegmentUnpacker unpacker = new SegmentUnpacker(id -> dictionary)) {
      List<Pointer> pointers = memories.stream().map(packer::add).toList();
      packer.finish();
      long raw = segments.stream().mapToLong(Segment::rawSize).sum();
      long packed = segments.stream().mapToLong(segment -> segment.body().length).sum();
      LOG.info(
          "memories={} segments={} level={} dictionaryBytes={} rawBytes={} packedBytes={} ratio={}"
              + " compressMillis={} checkMillis={}",
          memories.size(),
          segments.size(),
          level,
          dictionary.body().length,
          raw,
          packed,
          (double) raw / packed,
          packer.compressNanos() / 1_000_000,
          packer.checkNanos() / 1_000_000);

      long read = 0;
      for (Segment segment : segments) {
        byte[] bytes = unpacker.unpack(segment);
        for (int i = 0; i < pointers.size(); i++) {
          if (pointers.get(i).segmentId() == segment.segmentId()) {
            assertThat(SegmentUnpacker.slice(bytes, pointers.get(i))).isEqualTo(memories.get(i));
            read++;
          }
        }
      }
      assertThat(read).isEqualTo(memories.size());
    }
  }
}
