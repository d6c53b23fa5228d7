// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import static io.whimbrel.metrics.MetricType.COUNTER;
import static io.whimbrel.metrics.MetricType.GAUGE;
import static io.whimbrel.metrics.MetricType.HISTOGRAM;
import static io.whimbrel.metrics.Role.COORDINATOR;
import static io.whimbrel.metrics.Role.WORKER;

import java.util.List;

/**
 * The catalogue: every family of metrics, under the name a scrape shows. The help text is what a
 * scrape and the operator's page say; a unit, where there is one, is part of the name.
 */
public enum Metric {
  MEMORIES_PROCESSED(
      "whimbrel_memories_processed_total",
      COUNTER,
      WORKER,
      "Memories in committed ranges, whatever became of them."),
  MEMORIES_QUARANTINED(
      "whimbrel_memories_quarantined_total",
      COUNTER,
      WORKER,
      "Memories carried over unchanged because their content cannot be decoded or written.",
      "reason"),
  MEMORIES_WARNED(
      "whimbrel_memories_warned_total",
      COUNTER,
      WORKER,
      "Memories migrated as the readable text that is left of them.",
      "reason"),
  STORE_MEMORIES(
      "whimbrel_store_memories",
      GAUGE,
      COORDINATOR,
      "Memories in the store when the snapshot was taken."),
  STORE_MEMORIES_PROCESSED(
      "whimbrel_store_memories_processed",
      GAUGE,
      COORDINATOR,
      "Memories in committed copy ranges by the ledger, so that no restart sets it back."),
  STORE_MEMORIES_MIGRATED(
      "whimbrel_store_memories_migrated",
      GAUGE,
      COORDINATOR,
      "Memories in committed copy ranges that are not quarantined, by the ledger."),
  STORE_MEMORIES_FAILED(
      "whimbrel_store_memories_failed",
      GAUGE,
      COORDINATOR,
      "Quarantined memories by the ledger, by reason.",
      "reason"),
  STORE_CONTENT_BYTES(
      "whimbrel_store_content_bytes",
      GAUGE,
      COORDINATOR,
      "Content of committed copy ranges by the ledger: as stored before, as text, compressed.",
      "form"),
  COMPRESSION_RATIO(
      "whimbrel_compression_ratio",
      GAUGE,
      COORDINATOR,
      "Bytes of text divided by bytes of frames, by the ledger; NaN before there are any."),
  LAZY_LOADING_RATIO(
      "whimbrel_lazy_loading_ratio",
      GAUGE,
      COORDINATOR,
      "Memories that are read lazily divided by processed memories, 0 to 1."),
  CONTENT_RAW_BYTES(
      "whimbrel_content_raw_bytes_total",
      COUNTER,
      WORKER,
      "UTF-8 bytes of decoded content packed into segments."),
  CONTENT_COMPRESSED_BYTES(
      "whimbrel_content_compressed_bytes_total",
      COUNTER,
      WORKER,
      "Bytes of the segments' zstd frames."),
  RANGES(
      "whimbrel_ranges",
      GAUGE,
      COORDINATOR,
      "Key ranges in the ledger, by kind and state.",
      "kind",
      "state"),
  RANGE_DURATION(
      "whimbrel_range_duration_seconds",
      HISTOGRAM,
      WORKER,
      "Time from a range's claim to its commit.",
      "kind"),
  RANGE_DURATION_MAX(
      "whimbrel_range_duration_seconds_max",
      GAUGE,
      WORKER,
      "The longest range of the last few minutes.",
      "kind"),
  STAGE_DURATION(
      "whimbrel_stage_duration_seconds",
      HISTOGRAM,
      WORKER,
      "Time a range spends in one stage.",
      "stage"),
  STAGE_DURATION_MAX(
      "whimbrel_stage_duration_seconds_max",
      GAUGE,
      WORKER,
      "The longest stay in one stage in the last few minutes.",
      "stage"),
  CLAIMS("whimbrel_claims_total", COUNTER, WORKER, "Attempts to claim a range.", "outcome"),
  COMMITS(
      "whimbrel_commits_total",
      COUNTER,
      WORKER,
      "Attempts to commit a range; a fenced one wrote nothing.",
      "outcome"),
  LEASE_RENEWALS(
      "whimbrel_lease_renewals_total",
      COUNTER,
      WORKER,
      "Attempts to renew a worker's lease.",
      "outcome"),
  RETRIES("whimbrel_retries_total", COUNTER, WORKER, "Ranges tried again.", "cause"),
  QUEUE_DEPTH(
      "whimbrel_queue_depth",
      GAUGE,
      COORDINATOR,
      "Range hints waiting in the grid's queue; zero when there is no grid."),
  THROTTLE_SECONDS(
      "whimbrel_throttle_seconds_total",
      COUNTER,
      COORDINATOR,
      "Time that workers were held back, by reason.",
      "reason"),
  CUT_OVERS(
      "whimbrel_cut_overs_total",
      COUNTER,
      COORDINATOR,
      "Attempts to cut over; one that was locked out is tried again.",
      "outcome"),
  CUT_OVER_POSTPONED(
      "whimbrel_cut_over_postponed",
      GAUGE,
      COORDINATOR,
      "1 while the cut-over waits for a person, else 0."),
  GRID_MEMBERS("whimbrel_grid_members", GAUGE, COORDINATOR, "Coordinators in the grid."),
  GRID_CLIENTS(
      "whimbrel_grid_clients", GAUGE, COORDINATOR, "Workers connected to this coordinator's grid."),
  LEADER(
      "whimbrel_leader",
      GAUGE,
      COORDINATOR,
      "1 while this coordinator holds the migration's lease, else 0."),
  EPOCH("whimbrel_epoch", GAUGE, COORDINATOR, "How often the migration's lead was taken."),
  FAILURE_RATIO(
      "whimbrel_failure_ratio",
      GAUGE,
      COORDINATOR,
      "Quarantined memories divided by processed memories, 0 to 1."),
  FAILURE_RATIO_LIMIT(
      "whimbrel_failure_ratio_limit",
      GAUGE,
      COORDINATOR,
      "The failure ratio above which everything is rolled back."),
  PHASE(
      "whimbrel_phase",
      GAUGE,
      COORDINATOR,
      "1 for the migration's current phase, 0 for every other.",
      "phase"),
  WORKERS("whimbrel_workers", GAUGE, COORDINATOR, "Workers with a live lease."),
  CAPTURE_BACKLOG_KEYS(
      "whimbrel_capture_backlog_keys",
      GAUGE,
      COORDINATOR,
      "Keys changed by the application and not yet carried over."),
  PAUSED("whimbrel_paused", GAUGE, COORDINATOR, "1 while the migration is paused, else 0."),
  ETA_SECONDS(
      "whimbrel_eta_seconds",
      GAUGE,
      COORDINATOR,
      "Estimated time to the end of the phase; NaN while it is not known.");

  private final String family;
  private final MetricType type;
  private final Role servedBy;
  private final String help;

  /** Joined with commas, since an enum holds nothing mutable. */
  private final String labels;

  Metric(String family, MetricType type, Role servedBy, String help, String... labels) {
    this.family = family;
    this.type = type;
    this.servedBy = servedBy;
    this.help = help;
    this.labels = String.join(",", labels);
  }

  /** The family's name as a scrape shows it, with unit and suffix. */
  public String family() {
    return family;
  }

  public MetricType type() {
    return type;
  }

  /** Who serves it; a coordinator that runs workers in its own process serves theirs as well. */
  public Role servedBy() {
    return servedBy;
  }

  public String help() {
    return help;
  }

  /** The label names, in the order in which {@link WhimbrelMetrics} takes their values. */
  public List<String> labels() {
    return labels.isEmpty() ? List.of() : List.of(labels.split(","));
  }
}
