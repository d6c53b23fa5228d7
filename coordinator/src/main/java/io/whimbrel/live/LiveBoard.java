// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import io.whimbrel.live.LiveStatus.Event;
import io.whimbrel.progress.Progress;
import io.whimbrel.progress.ProgressDisplay;
import io.whimbrel.report.SafeText;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator tells people while it runs, kept for those who watch it over HTTP, and
 * passed on to the terminal. Thread-safe.
 */
public final class LiveBoard implements ProgressDisplay {

  /** Enough to see what led to the present, small enough for every update of the page. */
  static final int EVENTS_MAX = 100;

  private final ProgressDisplay display;
  private final Clock clock;
  private final Deque<Event> events = new ArrayDeque<>();
  private @Nullable Progress latest;

  public LiveBoard(ProgressDisplay display, Clock clock) {
    this.display = display;
    this.clock = clock;
  }

  @Override
  public void update(Progress progress) {
    synchronized (this) {
      Progress before = latest;
      if (before == null || !before.phase().equals(progress.phase())) {
        add("now: " + progress.phase());
      }
      latest = progress;
    }
    display.update(progress);
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
