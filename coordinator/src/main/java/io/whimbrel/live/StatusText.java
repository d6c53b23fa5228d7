// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import io.whimbrel.live.LiveStatus.Event;
import io.whimbrel.live.LiveStatus.Held;
import io.whimbrel.live.LiveStatus.Memories;
import io.whimbrel.live.LiveStatus.Problem;
import io.whimbrel.live.LiveStatus.RangeCount;
import io.whimbrel.live.LiveStatus.Step;
import io.whimbrel.live.LiveStatus.Worker;
import io.whimbrel.report.HumanUnits;
import io.whimbrel.report.SafeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A status as text for a terminal: a word in one column, what it is in the other. */
public final class StatusText {

  private static final int EVENTS_MAX = 8;
  private static final int WORKERS_MAX = 20;
  private static final int HELD_MAX = 8;

  private final List<String> lines = new ArrayList<>();

  private StatusText() {}

  /** Lines without control codes, whatever the store's names hold. */
  public static List<String> lines(LiveStatus status) {
    StatusText text = new StatusText();
    text.fill(status);
    return List.copyOf(text.lines);
  }

  private void fill(LiveStatus status) {
    row("migration", status.migrationId() + " (" + status.kind() + ")");
    row("store", status.store());
    row("state", state(status));
    row("leader", leader(status));
    step(status);
    Memories memories = status.memories();
    row(
        "migrated",
        String.format(
            Locale.ROOT,
            "%s, %s of them read lazily",
            HumanUnits.count(memories.migrated()),
            HumanUnits.percent(memories.lazyLoadingRatio())));
    row(
        "failed",
        String.format(
            Locale.ROOT,
            "%s (%s, rolls back above %s)",
            HumanUnits.count(memories.quarantined()),
            HumanUnits.percent(memories.failureRate()),
            HumanUnits.percent(memories.maxFailureRate())));
    bytes(status);
    ranges(status.ranges());
    workers(status.workers());
    for (Problem problem : status.problems()) {
      row(
          problem.severity().toLowerCase(Locale.ROOT),
          HumanUnits.count(problem.memories()) + " " + problem.reason());
    }
    ends(status);
  }

  private static String state(LiveStatus status) {
    return status.state()
        + (status.paused() ? ", paused" : "")
        + (status.cutOverPostponed() ? ", the cut-over waits for a person" : "")
        + (status.cancelRequested() ? ", cancelled" : "");
  }

  private static String leader(LiveStatus status) {
    String id = status.lead().coordinatorId();
    if (id == null) {
      return "none";
    }
    return id + (status.lead().live() || status.finishedAt() != null ? "" : ", gone");
  }

  private void step(LiveStatus status) {
    Step step = status.step();
    Double fraction = step.fraction();
    Long left = step.secondsLeft();
    StringBuilder speed = new StringBuilder(HumanUnits.memoriesPerSecond(step.memoriesPerSecond()));
    if (left != null && status.finishedAt() == null) {
      speed.append(", ").append(HumanUnits.clock(Duration.ofSeconds(left))).append(" left");
    }
    row(
        "memories",
        String.format(
            Locale.ROOT,
            "%s of %s%s in step %s",
            HumanUnits.count(step.done()),
            HumanUnits.count(step.total()),
            fraction == null ? "" : " (" + HumanUnits.percent(fraction) + ")",
            step.name()));
    if (step.memoriesPerSecond() > 0) {
      row("speed", speed.toString());
    }
  }

  private void bytes(LiveStatus status) {
    Double ratio = status.bytes().compressionRatio();
    if (ratio != null) {
      row(
          "content",
          String.format(
              Locale.ROOT,
              "%s -> %s (%s)",
              HumanUnits.bytes(status.bytes().raw()),
              HumanUnits.bytes(status.bytes().compressed()),
              HumanUnits.ratio(ratio)));
    }
  }

  private void ranges(List<RangeCount> ranges) {
    for (RangeCount count : ranges) {
      row("ranges", HumanUnits.count(count.ranges()) + " " + count.kind() + " " + count.state());
    }
  }

  private void workers(List<Worker> workers) {
    row("workers", HumanUnits.count(workers.stream().filter(Worker::live).count()));
    for (Worker worker : workers.subList(0, Math.min(workers.size(), WORKERS_MAX))) {
      row(
          "",
          String.format(
              Locale.ROOT,
              "%s on %s: %s, %s, %s",
              worker.id(),
              worker.host(),
              HumanUnits.percent(worker.share()),
              HumanUnits.memoriesPerSecond(worker.memoriesPerSecond()),
              worker.live() ? held(worker.holds()) : "has left"));
    }
    if (workers.size() > WORKERS_MAX) {
      row("", "and " + (workers.size() - WORKERS_MAX) + " more: see --json");
    }
  }

  private static String held(List<Held> holds) {
    if (holds.isEmpty()) {
      return "holds nothing now";
    }
    List<String> names =
        holds.stream().limit(HELD_MAX).map(range -> range.kind() + " " + range.rangeId()).toList();
    return "holds " + String.join(", ", names) + (holds.size() > HELD_MAX ? ", ..." : "");
  }

  private void ends(LiveStatus status) {
    String throttle = status.throttle();
    if (throttle != null) {
      row("throttle", throttle);
    }
    Long backlog = status.backlogKeys();
    if (backlog != null) {
      row("backlog", HumanUnits.count(backlog, "change", "changes") + " to carry over");
    }
    String reason = status.reason();
    if (reason != null) {
      row("reason", reason);
    }
    List<Event> events = status.events();
    for (Event event : events.subList(Math.max(0, events.size() - EVENTS_MAX), events.size())) {
      row("event", event.at() + "  " + event.text());
    }
  }

  private void row(String label, String value) {
    lines.add(String.format(Locale.ROOT, "%-10s %s", label, SafeText.line(value)).stripTrailing());
  }
}
