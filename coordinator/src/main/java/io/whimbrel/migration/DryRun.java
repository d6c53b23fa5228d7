// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.format.Dictionary;
import io.whimbrel.format.DictionaryTrainer;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.legacy.QuarantinedContent;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.report.MigrationReport;
import io.whimbrel.report.MigrationReport.Bytes;
import io.whimbrel.report.MigrationReport.Memories;
import io.whimbrel.report.MigrationReport.Outcome;
import io.whimbrel.report.MigrationReport.Prediction;
import io.whimbrel.report.MigrationReport.Settings;
import io.whimbrel.report.ReportBuilder;
import io.whimbrel.store.Inspection;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Does all of a migration but write: decodes and packs a sample, and predicts from it. */
public final class DryRun {

  private static final int SAMPLE_MEMORIES_MAX = 8_000;
  private static final long SAMPLE_BYTES_MAX = 6L << 20;

  /** Copying rows, indexing and verifying take about as long again as decoding and packing. */
  private static final double REST_FACTOR = 3;

  private final Store store;
  private final MigrateOptions options;
  private final Clock clock;

  public DryRun(Store store, MigrateOptions options, Clock clock) {
    this.store = store;
    this.options = options;
    this.clock = clock;
  }

  public MigrationReport run(Inspection inspection) throws SQLException {
    List<byte[]> texts = new ArrayList<>();
    long storedBytes = 0;
    long quarantined = 0;
    long warned = 0;
    long start = System.nanoTime();
    LegacyContentDecoder decoder = new LegacyContentDecoder(options.settings().unpackedBytesMax());
    List<StoredContent> sample =
        store.snapshotReader().sample(SAMPLE_MEMORIES_MAX, SAMPLE_BYTES_MAX);
    for (StoredContent content : sample) {
      byte[] bytes = content.bytes();
      storedBytes += bytes == null ? 0 : bytes.length;
      DecodedContent decoded = decoder.decode(content);
      if (decoded instanceof DecodedText text) {
        texts.add(text.utf8());
        warned += text.warning() == null ? 0 : 1;
      } else if (decoded instanceof QuarantinedContent) {
        quarantined++;
      }
    }
    long rawBytes = texts.stream().mapToLong(text -> text.length).sum();
    long compressed = pack(texts);
    double seconds = (System.nanoTime() - start) / 1e9;
    double scale = sample.isEmpty() ? 0 : inspection.memoriesEstimated() / (double) sample.size();
    return report(
        inspection,
        new Sample(sample.size(), storedBytes, rawBytes, compressed, quarantined, warned),
        scale,
        seconds);
  }

  private record Sample(
      long memories, long stored, long raw, long compressed, long quarantined, long warned) {}

  private long pack(List<byte[]> texts) {
    long[] bytes = new long[1];
    Dictionary dictionary =
        DictionaryTrainer.train(texts, DictionaryTrainer.BYTES_MAX_DEFAULT)
            .map(body -> new Dictionary(1, body))
            .orElse(null);
    try (SegmentPacker packer =
        new SegmentPacker(
            1,
            0,
            dictionary,
            options.settings().level(),
            options.settings().segmentBytes(),
            segment -> bytes[0] += segment.body().length)) {
      texts.forEach(packer::add);
      packer.finish();
    } finally {
      if (dictionary != null) {
        dictionary.close();
      }
    }
    return bytes[0];
  }

  private MigrationReport report(
      Inspection inspection, Sample sample, double scale, double seconds) {
    long total = inspection.memoriesEstimated();
    Integer batchSize = options.settings().batchSize();
    double ratio = sample.compressed() == 0 ? 0 : sample.raw() / (double) sample.compressed();
    ReportBuilder report =
        new ReportBuilder(
                "dry-run",
                new MigrationReport.Store(
                    store.url().redacted(), store.url().kind().name(), inspection.layoutName()),
                batchSize == null
                    ? Settings.adaptive(options.settings().level(), options.workers())
                    : Settings.fixed(batchSize, options.settings().level(), options.workers()),
                clock.instant())
            .memories(Memories.of(total, 0, 0, 0, 0, 0))
            .bytes(
                Bytes.of(
                    Math.round(sample.stored() * scale),
                    Math.round(sample.raw() * scale),
                    Math.round(sample.compressed() * scale),
                    inspection.sizes().wholeStore(),
                    0,
                    0))
            .maxFailureRate(options.settings().maxFailureRate())
            .prediction(
                new Prediction(
                    ratio,
                    seconds * scale * REST_FACTOR / Math.max(1, options.workers()),
                    inspection.diskNeededBytes()))
            .note(
                String.format(
                        Locale.ROOT,
                        "Predicted from %,d memories read all over the store: %,d of them cannot be decoded,",
                        sample.memories(),
                        sample.quarantined())
                    + String.format(
                        Locale.ROOT, " %,d would be listed with a warning.", sample.warned()))
            .nextStep("Run the same command without --dry-run to migrate.");
    inspection.warnings().forEach(report::note);
    return report.finish(
        Outcome.DRY_RUN, "Nothing was written; the numbers are a forecast.", clock.instant());
  }
}
