// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The registry's meters, one for each catalogue entry and set of label values, made when first
 * asked for. Safe for use by many threads.
 */
final class Meters {
  /** From one stage of a few rows on a local file to a range held up behind a lock. */
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60)
  };

  private final MeterRegistry registry;
  private final Map<Series, Counter> counters = new ConcurrentHashMap<>();
  private final Map<Series, Timer> timers = new ConcurrentHashMap<>();
  private final Map<Series, GaugeValue> gauges = new ConcurrentHashMap<>();

  Meters(MeterRegistry registry) {
    this.registry = registry;
  }

  Counter counter(Metric metric, String... labelValues) {
    return counters.computeIfAbsent(Series.of(metric, labelValues), this::newCounter);
  }

  Timer timer(Metric metric, String... labelValues) {
    return timers.computeIfAbsent(Series.of(metric, labelValues), this::newTimer);
  }

  GaugeValue gauge(Metric metric, String... labelValues) {
    return gauges.computeIfAbsent(Series.of(metric, labelValues), this::newGauge);
  }

  private Counter newCounter(Series series) {
    return Counter.builder(series.metric().family())
        .description(series.metric().help())
        .tags(series.tags())
        .register(registry);
  }

  private Timer newTimer(Series series) {
    Timer.Builder builder =
        Timer.builder(series.metric().family())
            .description(series.metric().help())
            .tags(series.tags());
    if (series.metric().type() == MetricType.HISTOGRAM) {
      builder.serviceLevelObjectives(BUCKETS);
    }
    return builder.register(registry);
  }

  private GaugeValue newGauge(Series series) {
    GaugeValue value = new GaugeValue();
    Gauge.builder(series.metric().family(), value, GaugeValue::get)
        .description(series.metric().help())
        .tags(series.tags())
        .register(registry);
    return value;
  }

  /** One series of a family; the values stand in the order of the metric's labels. */
  private record Series(Metric metric, List<String> labelValues) {
    private Series {
      if (labelValues.size() != metric.labels().size()) {
        throw new IllegalArgumentException(
            metric.family() + " has the labels " + metric.labels() + ", not " + labelValues);
      }
    }

    static Series of(Metric metric, String... labelValues) {
      return new Series(metric, List.of(labelValues));
    }

    Tags tags() {
      Tags tags = Tags.empty();
      for (int i = 0; i < labelValues.size(); i++) {
        tags = tags.and(Tag.of(metric.labels().get(i), labelValues.get(i)));
      }
      return tags;
    }
  }
}
