// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a process does. Each method feeds one family of the catalogue, and label values are
 * enum constants, so no call site can invent a name or a value. Safe for use by many threads.
 *
 * <p>Reasons, kinds, states and phases belong to other packages; their enums are taken as they
 * come, and the constants' names become label values.
 */
public final class WhimbrelMetrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry;
  private final Meters meters;
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  /**
   * Starts at zero every family of these roles whose label values are known beforehand, so that a
   * first event shows as a rise and not as a new series.
   */
  public WhimbrelMetrics(Set<Role> roles) {
    registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
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

  /** Adds time for which a sign of the database's suffering slowed the workers. */
  public void throttled(Enum<?> cause, Duration time) {
    meters.counter(Metric.THROTTLED, LabelValue.lower(cause)).increment(time.toNanos() / 1e9);
  }

  public void paused(boolean paused) {
    meters.gauge(Metric.PAUSED).set(paused ? 1 : 0);
  }

  /** Sets the estimated time to the end of the phase, or null while it is not known. */
  public void eta(@Nullable Duration eta) {
    meters.gauge(Metric.ETA_SECONDS).set(eta == null ? Double.NaN : eta.toNanos() / 1e9);
  }

  /** Everything, in the Prometheus text format, version 0.0.4. */
  public String scrape() {
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
