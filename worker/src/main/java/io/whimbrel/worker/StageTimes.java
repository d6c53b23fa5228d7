// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.metrics.Stage;
import io.whimbrel.metrics.WhimbrelMetrics;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Nanoseconds spent in each stage of one range. */
final class StageTimes {

  private final Map<Stage, Long> nanos = new EnumMap<>(Stage.class);

  void add(Stage stage, long duration) {
    nanos.merge(stage, duration, Long::sum);
  }

  void reportTo(WhimbrelMetrics metrics) {
    nanos.forEach((stage, duration) -> metrics.stageDone(stage, Duration.ofNanos(duration)));
  }
}
