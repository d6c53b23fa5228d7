// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import io.whimbrel.report.HumanUnits;
import io.whimbrel.report.SafeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The words about a state of progress, shared by both displays. */
final class ProgressText {
  private ProgressText() {}

  /** All there is to say in one line, without control codes. */
  static String line(Progress progress) {
    List<String> parts = new ArrayList<>();
    String percent =
        progress.totalIsKnown() ? " (" + HumanUnits.percent(progress.fraction()) + ")" : "";
    parts.add(SafeText.line(progress.phase()) + ": " + counts(progress) + percent);
    if (progress.memoriesPerSecond() > 0) {
      parts.add(HumanUnits.memoriesPerSecond(progress.memoriesPerSecond()));
    }
    if (progress.totalIsKnown() && !progress.complete()) {
      parts.add(eta(progress));
    }
    parts.add(HumanUnits.count(progress.failed()) + " failed");
    if (progress.workers() > 0) {
      parts.add(workers(progress));
    }
    String throttle = throttle(progress);
    if (!throttle.isEmpty()) {
      parts.add(throttle);
    }
    return String.join(", ", parts);
  }

  static String counts(Progress progress) {
    String done = HumanUnits.count(progress.done());
    return progress.totalIsKnown() ? done + " of " + HumanUnits.count(progress.total()) : done;
  }

  static String eta(Progress progress) {
    Duration eta = progress.eta();
    return eta == null ? "time left unknown" : "ETA " + HumanUnits.clock(eta);
  }

  static String workers(Progress progress) {
    return HumanUnits.count(progress.workers(), "worker", "workers");
  }

  /** Empty at full speed. */
  static String throttle(Progress progress) {
    String reason = progress.throttle();
    return reason == null ? "" : "slowed: " + SafeText.line(reason);
  }
}
