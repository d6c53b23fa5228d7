// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what a process does. Each method feeds one family of the catalogue, and label values are
 * enum constants, so no call site can invent a name or a value. Safe for use by many threads.
 *
 * <p>Reasons, kinds, states and phases belong to other packages; their enums are taken as they
 * come, and the constants' names become label values.
 */
public final class WhimbrelMetrics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WhimbrelMetrics.class);
  private final PrometheusMeterRegistry registry;
  private final Meters meters;
  private final List<Runnable> refreshes = new CopyOnWriteArrayList<>();
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  /**
   * Starts at zero every family of these roles whose label values are known beforehand, so that a
   * first event shows as a rise and not as a new series.
   */
  public WhimbrelMetrics(Set<Role> roles) {
    registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    // Their names break the conventions (promtool says so), and others tell the same.
    registry
        .config()
        .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
        .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
    meters = new Meters(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
    if (roles.contains(Role.COORDINATOR)) {
      startCoordinator();
    }
    if (roles.contains(Role.WORKER)) {
      startWorker();
    }
  }

  /** Adds the memories of one committed range. */
  public void memoriesProcessed(long memories) {
    meters.counter(Metric.MEMORIES_PROCESSED).increment((double) memories);
  }

  public void memoriesQuarantined(Enum<?> reason, long memories) {
    meters
        .counter(Metric.MEMORIES_QUARANTINED, LabelValue.lower(reason))
        .increment((double) memories);
  }

  public void memoriesWarned(Enum<?> reason, long memories) {
    meters.counter(Metric.MEMORIES_WARNED, LabelValue.lower(reason)).increment((double) memories);
  }

  /** Adds the content packed by one committed range: bytes before and bytes of the frames. */
  public void contentPacked(long rawBytes, long compressedBytes) {
    meters.counter(Metric.CONTENT_RAW_BYTES).increment((double) rawBytes);
    meters.counter(Metric.CONTENT_COMPRESSED_BYTES).increment((double) compressedBytes);
  }

  public void rangeCommitted(Enum<?> kind, Duration duration) {
    meters.timer(Metric.RANGE_DURATION, LabelValue.lower(kind)).record(duration);
  }

  public void stageDone(Stage stage, Duration duration) {
    meters.timer(Metric.STAGE_DURATION, LabelValue.lower(stage)).record(duration);
  }

  public void claim(ClaimOutcome outcome) {
    meters.counter(Metric.CLAIMS, LabelValue.lower(outcome)).increment();
  }

  public void commit(CommitOutcome outcome) {
    meters.counter(Metric.COMMITS, LabelValue.lower(outcome)).increment();
  }

  public void leaseRenewal(RenewalOutcome outcome) {
    meters.counter(Metric.LEASE_RENEWALS, LabelValue.lower(outcome)).increment();
  }

  public void retry(RetryCause cause) {
    meters.counter(Metric.RETRIES, LabelValue.lower(cause)).increment();
  }

  public void storeMemories(long memories) {
    meters.gauge(Metric.STORE_MEMORIES).set((double) memories);
  }

  /** Sets how many of the store's memories are copied, counted by the ledger. */
  public void storeMemoriesProcessed(long memories) {
    meters.gauge(Metric.STORE_MEMORIES_PROCESSED).set((double) memories);
  }

  /** Sets how many ranges of a kind are in a state; a pair never set is not shown. */
  public void ranges(Enum<?> kind, Enum<?> state, long count) {
    meters
        .gauge(Metric.RANGES, LabelValue.lower(kind), LabelValue.lower(state))
        .set((double) count);
  }

  /** Sets how many memories are carried over and readable, counted by the ledger. */
  public void storeMemoriesMigrated(long memories) {
    meters.gauge(Metric.STORE_MEMORIES_MIGRATED).set((double) memories);
  }

  public void storeMemoriesFailed(Enum<?> reason, long memories) {
    meters.gauge(Metric.STORE_MEMORIES_FAILED, LabelValue.lower(reason)).set((double) memories);
  }

  public void storeContent(ContentForm form, long bytes) {
    meters.gauge(Metric.STORE_CONTENT_BYTES, LabelValue.lower(form)).set((double) bytes);
  }

  /** Sets text over frames, or null while nothing is compressed. */
  public void compressionRatio(@Nullable Double ratio) {
    meters.gauge(Metric.COMPRESSION_RATIO).set(ratio == null ? Double.NaN : ratio);
  }

  public void lazyLoadingRatio(double ratio) {
    meters.gauge(Metric.LAZY_LOADING_RATIO).set(ratio);
  }

  /** Adds time that workers were held back. */
  public void throttled(Enum<?> reason, Duration time) {
    meters
        .counter(Metric.THROTTLE_SECONDS, LabelValue.lower(reason))
        .increment(time.toNanos() / 1e9);
  }

  public void cutOver(CutOverOutcome outcome) {
    meters.counter(Metric.CUT_OVERS, LabelValue.lower(outcome)).increment();
  }

  public void cutOverPostponed(boolean postponed) {
    meters.gauge(Metric.CUT_OVER_POSTPONED).set(postponed ? 1 : 0);
  }

  /** Sets who is connected: coordinators, and workers of other processes. */
  public void grid(int members, int clients) {
    meters.gauge(Metric.GRID_MEMBERS).set(members);
    meters.gauge(Metric.GRID_CLIENTS).set(clients);
  }

  public void leader(boolean leads, long epoch) {
    meters.gauge(Metric.LEADER).set(leads ? 1 : 0);
    meters.gauge(Metric.EPOCH).set((double) epoch);
  }

  public void queueDepth(long hints) {
    meters.gauge(Metric.QUEUE_DEPTH).set((double) hints);
  }

  /** Sets the failure ratio, 0 to 1, beside the limit that it must not cross. */
  public void failureRatio(double ratio) {
    meters.gauge(Metric.FAILURE_RATIO).set(ratio);
  }

  public void failureRatioLimit(double limit) {
    meters.gauge(Metric.FAILURE_RATIO_LIMIT).set(limit);
  }

  /** Marks one phase as the current one and every other constant of its enum as not current. */
  public <P extends Enum<P>> void phase(P current) {
    // The old phase goes to 0 first: a scrape in between sees no phase, never two.
    for (P phase : current.getDeclaringClass().getEnumConstants()) {
      if (phase != current) {
        meters.gauge(Metric.PHASE, phase.name()).set(0);
      }
    }
    meters.gauge(Metric.PHASE, current.name()).set(1);
  }

  public void workers(int workers) {
    meters.gauge(Metric.WORKERS).set(workers);
  }

  public void captureBacklogKeys(long keys) {
    meters.gauge(Metric.CAPTURE_BACKLOG_KEYS).set((double) keys);
  }

  public void paused(boolean paused) {
    meters.gauge(Metric.PAUSED).set(paused ? 1 : 0);
  }

  /** Sets the estimated time to the end of the phase, or null while it is not known. */
  public void eta(@Nullable Duration eta) {
    meters.gauge(Metric.ETA_SECONDS).set(eta == null ? Double.NaN : eta.toNanos() / 1e9);
  }

  /** Shows the pool's connections: how many are in use, idle, waited for. */
  public void watchPool(HikariDataSource pool) {
    pool.setMetricRegistry(registry);
  }

  /** Runs before each scrape, to set what is not counted anyway; must be quick. */
  public void beforeScrape(Runnable refresh) {
    refreshes.add(refresh);
  }

  /** Everything, in the Prometheus text format, version 0.0.4. */
  public String scrape() {
    for (Runnable refresh : refreshes) {
      try {
        refresh.run();
      } catch (RuntimeException e) {
        // The rest is worth showing all the same.
        LOG.debug("some metrics are as they were at the last scrape", e);
      }
    }
    return registry.scrape();
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }

  private void startCoordinator() {
    storeMemories(0);
    storeMemoriesProcessed(0);
    queueDepth(0);
    failureRatio(0);
    failureRatioLimit(Double.NaN);
    workers(0);
    captureBacklogKeys(0);
    paused(false);
    eta(null);
    storeMemoriesMigrated(0);
    compressionRatio(null);
    lazyLoadingRatio(0);
    cutOverPostponed(false);
    grid(0, 0);
    leader(false, 0);
    startAtZero(Metric.THROTTLE_SECONDS, ThrottleReason.values());
    startAtZero(Metric.CUT_OVERS, CutOverOutcome.values());
    for (ContentForm form : ContentForm.values()) {
      storeContent(form, 0);
    }
  }

  private void startWorker() {
    memoriesProcessed(0);
    contentPacked(0, 0);
    for (Stage stage : Stage.values()) {
      meters.timer(Metric.STAGE_DURATION, LabelValue.lower(stage));
    }
    startAtZero(Metric.CLAIMS, ClaimOutcome.values());
    startAtZero(Metric.COMMITS, CommitOutcome.values());
    startAtZero(Metric.LEASE_RENEWALS, RenewalOutcome.values());
    startAtZero(Metric.RETRIES, RetryCause.values());
  }

  private void startAtZero(Metric metric, Enum<?>[] values) {
    for (Enum<?> value : values) {
      meters.counter(metric, LabelValue.lower(value));
    }
  }
}
