// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WhimbrelMetricsTest {
  private enum Phase {
    COPYING,
    CATCHING_UP
  }

  private enum Reason {
    CUT_STREAM
  }

  private enum Kind {
    COPY
  }

  private enum State {
    CLAIMED
  }

  private final WhimbrelMetrics metrics = new WhimbrelMetrics(EnumSet.allOf(Role.class));

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void scrape_holdsExactlyTheCatalogue_whenEverythingHasHappened() {
    everythingHappens();

    Map<String, String> catalogue = new TreeMap<>();
    for (Metric metric : Metric.values()) {
      catalogue.put(metric.family(), metric.type().name().toLowerCase(Locale.ROOT));
    }
    assertThat(scrape().families("whimbrel_")).isEqualTo(catalogue);
  }

  @Test
  void scrape_showsWhatWasCounted() {
    everythingHappens();

    ScrapeText scrape = scrape();
    assertThat(scrape.sample("whimbrel_memories_processed_total")).isEqualTo(100);
    assertThat(scrape.sample("whimbrel_memories_quarantined_total{reason=\"cut-stream\"}"))
        .isEqualTo(2);
    assertThat(scrape.sample("whimbrel_content_raw_bytes_total")).isEqualTo(3000);
    assertThat(scrape.sample("whimbrel_content_compressed_bytes_total")).isEqualTo(1000);
    assertThat(scrape.sample("whimbrel_ranges{kind=\"copy\",state=\"claimed\"}")).isEqualTo(7);
    assertThat(scrape.sample("whimbrel_commits_total{outcome=\"fenced\"}")).isEqualTo(1);
    assertThat(scrape.sample("whimbrel_stage_duration_seconds_sum{stage=\"read\"}"))
        .isEqualTo(0.25);
    assertThat(scrape.sample("whimbrel_range_duration_seconds_bucket{kind=\"copy\",le=\"0.25\"}"))
        .isEqualTo(0);
    assertThat(scrape.sample("whimbrel_range_duration_seconds_bucket{kind=\"copy\",le=\"0.5\"}"))
        .isEqualTo(1);
    assertThat(scrape.sample("whimbrel_failure_ratio_limit")).isEqualTo(0.05);
    assertThat(scrape.sample("whimbrel_paused")).isEqualTo(1);
    assertThat(scrape.sample("whimbrel_eta_seconds")).isEqualTo(90);
  }

  @Test
  void phase_marksOnlyTheLastOne_whenItMoves() {
    metrics.phase(Phase.COPYING);
    metrics.phase(Phase.CATCHING_UP);

    assertThat(scrape().sample("whimbrel_phase{phase=\"COPYING\"}")).isZero();
    assertThat(scrape().sample("whimbrel_phase{phase=\"CATCHING_UP\"}")).isEqualTo(1);
  }

  @Test
  void eta_isNotANumber_whenUnknown() {
    metrics.eta(null);

    assertThat(scrape().sample("whimbrel_eta_seconds")).isNaN();
  }

  @Test
  void knownSeries_standAtZero_beforeAnythingHappens() {
    assertThat(scrape().sample("whimbrel_retries_total{cause=\"lock-timeout\"}")).isZero();
    assertThat(scrape().sample("whimbrel_stage_duration_seconds_count{stage=\"commit\"}")).isZero();
  }

  @Test
  void worker_doesNotServeTheCoordinatorsFamilies() {
    try (WhimbrelMetrics worker = new WhimbrelMetrics(EnumSet.of(Role.WORKER))) {
      assertThat(new ScrapeText(worker.scrape()).families("whimbrel_"))
          .containsKey("whimbrel_claims_total")
          .doesNotContainKeys("whimbrel_workers", "whimbrel_store_memories");
    }
  }

  @Test
  void scrape_tellsOfTheProcess() {
    assertThat(scrape().families(""))
        .containsKeys(
            "jvm_memory_used_bytes",
            "jvm_gc_live_data_size_bytes",
            "jvm_threads_live_threads",
            "process_cpu_usage");
  }

  private ScrapeText scrape() {
    return new ScrapeText(metrics.scrape());
  }

  private void everythingHappens() {
    metrics.memoriesProcessed(100);
    metrics.memoriesQuarantined(Reason.CUT_STREAM, 2);
    metrics.memoriesWarned(Reason.CUT_STREAM, 1);
    metrics.contentPacked(3000, 1000);
    metrics.rangeCommitted(Kind.COPY, Duration.ofMillis(300));
    metrics.stageDone(Stage.READ, Duration.ofMillis(250));
    metrics.claim(ClaimOutcome.WON);
    metrics.commit(CommitOutcome.FENCED);
    metrics.leaseRenewal(RenewalOutcome.RENEWED);
    metrics.retry(RetryCause.CONFLICT);
    metrics.storeMemories(1000);
    metrics.storeMemoriesProcessed(100);
    metrics.ranges(Kind.COPY, State.CLAIMED, 7);
    metrics.queueDepth(5);
    metrics.failureRatio(0.02);
    metrics.failureRatioLimit(0.05);
    metrics.phase(Phase.COPYING);
    metrics.workers(3);
    metrics.captureBacklogKeys(11);
    metrics.paused(true);
    metrics.eta(Duration.ofSeconds(90));
    metrics.storeMemoriesMigrated(98);
    metrics.storeMemoriesFailed(Reason.CUT_STREAM, 2);
    metrics.storeContent(ContentForm.STORED, 2500);
    metrics.compressionRatio(3.0);
    metrics.lazyLoadingRatio(0.9);
    metrics.throttled(ThrottleReason.PAUSED, Duration.ofMillis(1500));
    metrics.cutOver(CutOverOutcome.LOCKED);
    metrics.cutOverPostponed(true);
    metrics.grid(2, 5);
    metrics.leader(true, 4);
  }

  @Test
  void refresh_runsBeforeEachScrape_andAFailingOneHidesNothing() {
    metrics.beforeScrape(() -> metrics.workers(9));
    metrics.beforeScrape(
        () -> {
          throw new IllegalStateException("for the test");
        });

    assertThat(scrape().sample("whimbrel_workers")).isEqualTo(9);
  }

  @Test
  void throttle_countsTimeByReason() {
    everythingHappens();
    metrics.throttled(ThrottleReason.WAL_SIZE, Duration.ofSeconds(2));

    assertThat(scrape().sample("whimbrel_throttle_seconds_total{reason=\"paused\"}"))
        .isEqualTo(1.5);
    assertThat(scrape().sample("whimbrel_throttle_seconds_total{reason=\"wal-size\"}"))
        .isEqualTo(2);
  }
}
