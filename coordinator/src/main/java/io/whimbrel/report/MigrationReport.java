// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything worth knowing about one finished run. Byte counts are plain bytes, megabytes are 10^6
 * bytes, rates and shares are fractions from 0 to 1. The JSON form of this record is public: its
 * properties are described in docs/report.schema.json, and {@link #SCHEMA_VERSION} grows when one
 * changes its meaning or goes away.
 *
 * <p>The checks are few on purpose. A store in use changes while it is counted, so counts may
 * disagree by a little, and a run that went well must not end in an error about its own report.
 * Build one with {@link ReportBuilder}.
 */
public record MigrationReport(
    int schemaVersion,
    String migrationId,
    Store store,
    Outcome outcome,
    String outcomeSentence,
    List<String> nextSteps,
    Instant startedAt,
    Instant finishedAt,
    long elapsedMillis,
    List<Phase> phases,
    Memories memories,
    Bytes bytes,
    Throughput throughput,
    Course course,
    Ranges ranges,
    List<DurationCount> rangeDurations,
    List<Worker> workers,
    Failures failures,
    double failureRate,
    double maxFailureRate,
    @Nullable Backup backup,
    Settings settings,
    List<String> notes,
    @Nullable Prediction prediction) {

  public static final int SCHEMA_VERSION = 1;

  public MigrationReport {
    Check.notBlank("migrationId", migrationId);
    Check.notBlank("outcomeSentence", outcomeSentence);
    Check.notNegative("elapsedMillis", elapsedMillis);
    Check.fraction("failureRate", failureRate);
    Check.fraction("maxFailureRate", maxFailureRate);
    nextSteps = List.copyOf(nextSteps);
    phases = List.copyOf(phases);
    rangeDurations = List.copyOf(rangeDurations);
    workers = List.copyOf(workers);
    notes = List.copyOf(notes);
  }

  /** How the run ended. */
  public enum Outcome {
    /** The store has the new format. */
    COMPLETED("Completed", "migrated"),
    /** Everything was undone; the store is as it was. */
    ROLLED_BACK("Rolled back", "copied, then undone"),
    /** A person stopped the run; the store is as it was. */
    CANCELLED("Cancelled", "copied before the stop"),
    /** The run broke and a person must look. */
    FAILED("Failed", "copied before the failure"),
    /** Nothing was written; the numbers are a forecast. */
    DRY_RUN("Dry run", "migrated"),
    /** No memory needed migrating. */
    NOTHING_TO_DO("Nothing to do", "migrated");

    private final String label;
    private final String carried;

    Outcome(String label, String carried) {
      this.label = label;
      this.carried = carried;
    }

    public String label() {
      return label;
    }

    /** What became of the memories counted as migrated: after a rollback they no longer are. */
    String carried() {
      return carried;
    }
  }

  /** The store. A password in the URL is replaced here, whatever the caller did about it. */
  public record Store(String url, String kind, String layout) {
    public Store {
      url = SafeText.withoutPassword(url);
    }
  }

  /** One phase of the run, in the order it was entered. */
  public record Phase(String name, long elapsedMillis) {
    public Phase {
      Check.notBlank("name", name);
      Check.notNegative("elapsedMillis", elapsedMillis);
    }
  }

  /**
   * Counts of memories. {@code packed} live in segments and are read lazily, {@code inline} kept
   * their text in the row (quarantined ones among them), {@code warned} were migrated with a
   * warning.
   */
  public record Memories(
      long total,
      long migrated,
      long packed,
      long inline,
      long quarantined,
      long warned,
      double successRate,
      double lazyLoadingRatio) {
    public static final Memories NONE = of(0, 0, 0, 0, 0, 0);

    public Memories {
      for (long count : new long[] {total, migrated, packed, inline, quarantined, warned}) {
        Check.notNegative("memories", count);
      }
      Check.fraction("successRate", successRate);
      Check.fraction("lazyLoadingRatio", lazyLoadingRatio);
    }

    /** Computes the two rates. An empty store has a success rate of 1: nothing failed in it. */
    public static Memories of(
        long total, long migrated, long packed, long inline, long quarantined, long warned) {
      double success = total <= 0 ? 1 : Math.min(1, (double) migrated / total);
      double lazy = total <= 0 ? 0 : Math.min(1, (double) packed / total);
      return new Memories(total, migrated, packed, inline, quarantined, warned, success, lazy);
    }

    /** Quarantined memories among those processed, 0 to 1. */
    public double failureRate() {
      long processed = migrated + quarantined;
      return processed == 0 ? 0 : (double) quarantined / processed;
    }
  }

  /**
   * Sizes in bytes. {@code contentStoredBefore} is what the legacy form took, {@code contentRaw}
   * the UTF-8 text of what was packed, {@code contentCompressedAfter} the segments' bodies. {@code
   * compressionRatio} is raw over compressed; null when nothing was compressed.
   */
  public record Bytes(
      long contentStoredBefore,
      long contentRaw,
      long contentCompressedAfter,
      long wholeStoreBefore,
      long wholeStoreAfter,
      long dictionary,
      @Nullable Double compressionRatio) {
    public static final Bytes NONE = of(0, 0, 0, 0, 0, 0);

    public Bytes {
      for (long size :
          new long[] {
            contentStoredBefore,
            contentRaw,
            contentCompressedAfter,
            wholeStoreBefore,
            wholeStoreAfter,
            dictionary
          }) {
        Check.notNegative("bytes", size);
      }
      if (compressionRatio != null) {
        Check.notNegative("compressionRatio", compressionRatio);
      }
    }

    /** Whether there is anything to show; a run that broke early measured nothing. */
    boolean measured() {
      return contentRaw > 0 || wholeStoreBefore > 0;
    }

    /** Computes the ratio. */
    public static Bytes of(
        long contentStoredBefore,
        long contentRaw,
        long contentCompressedAfter,
        long wholeStoreBefore,
        long wholeStoreAfter,
        long dictionary) {
      Double ratio =
          contentCompressedAfter == 0 ? null : (double) contentRaw / contentCompressedAfter;
      return new Bytes(
          contentStoredBefore,
          contentRaw,
          contentCompressedAfter,
          wholeStoreBefore,
          wholeStoreAfter,
          dictionary,
          ratio);
    }
  }

  /** Means over the copy phase. */
  public record Throughput(double memoriesPerSecond, double rawMegabytesPerSecond) {
    public static final Throughput NONE = new Throughput(0, 0);

    public Throughput {
      Check.notNegative("memoriesPerSecond", memoriesPerSecond);
      Check.notNegative("rawMegabytesPerSecond", rawMegabytesPerSecond);
    }

    /** From totals of the copy phase; zero rates when it took no measurable time. */
    public static Throughput of(long memories, long rawBytes, long copyMillis) {
      if (copyMillis <= 0) {
        return NONE;
      }
      double seconds = copyMillis / 1e3;
      return new Throughput(memories / seconds, rawBytes / 1e6 / seconds);
    }
  }

  /** Ranges of work and how long the committed ones took; the percentiles are 0 without any. */
  public record Ranges(
      long committed, long retried, long millisP50, long millisP95, long millisP99) {
    public static final Ranges NONE = new Ranges(0, 0, 0, 0, 0);

    public Ranges {
      for (long value : new long[] {committed, retried, millisP50, millisP95, millisP99}) {
        Check.notNegative("ranges", value);
      }
    }
  }

  /** One worker; {@code share} is its part of all memories, 0 to 1. */
  public record Worker(
      String id,
      String host,
      int threads,
      long ranges,
      long memories,
      long rawBytes,
      double share) {
    public Worker {
      Check.notBlank("id", id);
      Check.notNegative("threads", threads);
      Check.notNegative("ranges", ranges);
      Check.notNegative("memories", memories);
      Check.notNegative("rawBytes", rawBytes);
      Check.fraction("share", share);
    }

    /** The same workers with shares that follow from their memories. */
    public static List<Worker> withShares(List<Worker> workers) {
      long total = workers.stream().mapToLong(Worker::memories).sum();
      List<Worker> shared = new ArrayList<>(workers.size());
      for (Worker w : workers) {
        double share = total == 0 ? 0 : (double) w.memories / total;
        shared.add(new Worker(w.id, w.host, w.threads, w.ranges, w.memories, w.rawBytes, share));
      }
      return List.copyOf(shared);
    }
  }

  /** The backup and what was checked about it. */
  public record Backup(
      String kind, String location, long sizeBytes, boolean verified, String checkDescription) {
    public Backup {
      Check.notBlank("kind", kind);
      Check.notNegative("sizeBytes", sizeBytes);
    }
  }

  /** Settings that shaped the run; {@code batchSize} is null when it adapted itself. */
  public record Settings(
      @Nullable Integer batchSize, boolean adaptiveBatchSize, int level, int workers) {
    public Settings {
      if (adaptiveBatchSize != (batchSize == null)) {
        throw new IllegalArgumentException("a batch size is either fixed or adaptive");
      }
    }

    public static Settings adaptive(int level, int workers) {
      return new Settings(null, true, level, workers);
    }

    public static Settings fixed(int batchSize, int level, int workers) {
      return new Settings(batchSize, false, level, workers);
    }
  }

  /** What a dry run expects of the real one. */
  public record Prediction(double compressionRatio, double seconds, long diskNeededBytes) {
    public Prediction {
      Check.notNegative("compressionRatio", compressionRatio);
      Check.notNegative("seconds", seconds);
      Check.notNegative("diskNeededBytes", diskNeededBytes);
    }
  }
}
