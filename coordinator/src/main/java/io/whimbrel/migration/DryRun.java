// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.format.Dictionary;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.legacy.LegacyContentDecoder;
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
import java.util.Locale;

/** Does all of a migration but write: decodes and packs a sample, and predicts from it. */
public final class DryRun {

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
    long start = System.nanoTime();
    StoreSample sample =
        StoreSample.draw(
            store.snapshotReader(),
            new LegacyContentDecoder(options.settings().unpackedBytesMax()));
    long compressed = pack(sample, inspection.memoriesEstimated());
    double seconds = (System.nanoTime() - start) / 1e9;
    double scale =
        sample.memories() == 0 ? 0 : inspection.memoriesEstimated() / (double) sample.memories();
    return report(inspection, sample, compressed, scale, seconds);
  }

  private long pack(StoreSample sample, long memories) {
    long[] bytes = new long[1];
    Dictionary dictionary =
        sample.dictionary(memories).map(body -> new Dictionary(1, body)).orElse(null);
    try (SegmentPacker packer =
        new SegmentPacker(
            1,
            0,
            dictionary,
            options.settings().level(),
            sample.segmentBytes(),
            segment -> bytes[0] += segment.body().length)) {
      sample.texts().forEach(packer::add);
      packer.finish();
    } finally {
      if (dictionary != null) {
        dictionary.close();
      }
    }
    return bytes[0];
  }

  private MigrationReport report(
      Inspection inspection, StoreSample sample, long compressed, double scale, double seconds) {
    long total = inspection.memoriesEstimated();
    Integer batchSize = options.settings().batchSize();
    double ratio = compressed == 0 ? 0 : sample.rawBytes() / (double) compressed;
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
                    Math.round(sample.storedBytes() * scale),
                    Math.round(sample.rawBytes() * scale),
                    Math.round(compressed * scale),
                    inspection.sizes().wholeStore(),
                    0,
                    0))
            .maxFailureRate(options.settings().maxFailureRate())
            .prediction(
                new Prediction(
                    ratio,
                    seconds * scale * REST_FACTOR / Math.max(1, options.workers()),
                    new DiskRoom(inspection, options).besideStoreBytes()))
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
