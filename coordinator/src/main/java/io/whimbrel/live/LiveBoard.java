// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import io.whimbrel.live.LiveStatus.Event;
import io.whimbrel.metrics.ThrottleReason;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.progress.Progress;
import io.whimbrel.progress.ProgressDisplay;
import io.whimbrel.report.SafeText;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator tells people while it runs, kept for those who watch it over HTTP, and
 * passed on to the terminal. Thread-safe.
 */
public final class LiveBoard implements ProgressDisplay {

  /** Enough to see what led to the present, small enough for every update of the page. */
  static final int EVENTS_MAX = 100;

  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final ProgressDisplay display;
  private final WhimbrelMetrics metrics;
  private final Clock clock;
  private final Deque<Event> events = new ArrayDeque<>();
  private @Nullable Progress latest;
  private long updatedAt;

  public LiveBoard(ProgressDisplay display, WhimbrelMetrics metrics, Clock clock) {
    this.display = display;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void update(Progress progress) {
    synchronized (this) {
      Progress before = latest;
      if (before == null || !before.phase().equals(progress.phase())) {
        add("now: " + progress.phase());
      }
      countThrottle(progress);
      latest = progress;
    }
    display.update(progress);
  }

  // Updates come twice a second; a long silence between two of them says nothing about throttling.
  private void countThrottle(Progress progress) {
    long now = System.nanoTime();
    // Every other reason is counted where it is found.
    if ("paused".equals(progress.throttle()) && latest != null) {
      metrics.throttled(
          ThrottleReason.PAUSED, Duration.ofNanos(Math.min(now - updatedAt, SILENCE_NANOS)));
    }
    updatedAt = now;
  }

  @Override
  public void message(String line) {
    synchronized (this) {
      add(line);
    }
    display.message(line);
  }

  private void add(String text) {
    if (events.size() == EVENTS_MAX) {
      events.removeFirst();
    }
    events.addLast(new Event(clock.instant().toString(), SafeText.line(text)));
  }

  synchronized @Nullable Progress latest() {
    return latest;
  }

  synchronized List<Event> events() {
    return List.copyOf(events);
  }

  @Override
  public void close() {
    display.close();
  }
}
