// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

/** How a metric's samples are to be read, in the words of the Prometheus text format. */
public enum MetricType {
  /** Only grows while the process lives; its rate is what one looks at. */
  COUNTER,
  /** A value that goes both ways. */
  GAUGE,
  /** Durations in buckets, with their sum and count; quantiles come from the buckets. */
  HISTOGRAM,
  /** Durations as sum and count only; averages, but no quantiles. */
  SUMMARY
}
