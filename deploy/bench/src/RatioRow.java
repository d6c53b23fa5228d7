// SPDX-License-Identifier: Apache-2.0

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdCompressCtx;
import io.whimbrel.format.Dictionary;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.migration.PackingChoice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * How much smaller conversations become, with a dictionary that was trained on other ones. Every
 * segment is decompressed and compared by the packer, as in a migration.
 */
final class RatioRow {
  private static final int LEVEL_DEFAULT = MigrationSettings.LEVEL_DEFAULT;
  private static final int LEVEL_HIGHEST = 19;
  private static final int TRAINED_ON_BELOW = 2;

  private final Settings settings;
  private final Results results;
  private final List<byte[]> samples = new ArrayList<>();
  private final List<byte[]> memories = new ArrayList<>();

  RatioRow(Settings settings, Results results) {
    this.settings = settings;
    this.results = results;
  }

  void measure() throws Exception {
    if (settings.texts() == null) {
      results.line("content ratio", "", "", "needs --texts", "-");
      return;
    }
    ObjectMapper json = new ObjectMapper();
    for (String line : Files.readAllLines(settings.texts())) {
      JsonNode memory = json.readTree(line);
      byte[] text = memory.get("text").asText().getBytes(StandardCharsets.UTF_8);
      boolean sample = memory.get("conversation").intValue() < TRAINED_ON_BELOW;
      (sample ? samples : memories).add(text);
    }
    PackingChoice choice = PackingChoice.of(samples, settings.memories());
    byte[] body = choice.dictionary();
    results.raw(
        Series.text(
            "content ratio: %,d memories of other conversations, packed as in a store of %,d such"
                + " texts: dictionary of %,d bytes, segments of %d KiB; a frame a row with the"
                + " dictionary, level %d: %.2f",
            memories.size(),
            settings.memories(),
            body.length,
            choice.segmentBytes() / 1024,
            LEVEL_DEFAULT,
            rowFrames(body)));
    try (Dictionary dictionary = new Dictionary(1, body)) {
      row(dictionary, choice, "default level", LEVEL_DEFAULT, 3.2);
      row(dictionary, choice, "highest level", LEVEL_HIGHEST, 3.8);
    }
  }

  private void row(
      Dictionary dictionary, PackingChoice choice, String name, int level, double aim) {
    Series ratio = new Series();
    ratio.add(segments(dictionary, choice.segmentBytes(), level));
    results.figure(
        "content ratio, " + name + " (" + level + ")",
        "the texts",
        ratio,
        "%.2f",
        Results.Better.LARGER,
        aim);
  }

  private double segments(Dictionary dictionary, int bytes, int level) {
    List<Segment> segments = new ArrayList<>();
    try (SegmentPacker packer = new SegmentPacker(1, 0, dictionary, level, bytes, segments::add)) {
      memories.forEach(packer::add);
      packer.finish();
    }
    long packed = segments.stream().mapToLong(segment -> segment.body().length).sum();
    return bytes() / (double) packed;
  }

  private double rowFrames(byte[] body) {
    long packed = 0;
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setLevel(LEVEL_DEFAULT).loadDict(body);
      for (byte[] memory : memories) {
        packed += zstd.compress(memory).length;
      }
    }
    return bytes() / (double) packed;
  }

  private long bytes() {
    return memories.stream().mapToLong(memory -> memory.length).sum();
  }
}
