// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.metrics.Role;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.progress.Progress;
import io.whimbrel.progress.ProgressDisplay;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveBoardTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private final List<String> terminal = new ArrayList<>();
  private final WhimbrelMetrics metrics = new WhimbrelMetrics(EnumSet.of(Role.COORDINATOR));
  private final LiveBoard board =
      new LiveBoard(new Lines(), metrics, Clock.fixed(NOW, ZoneOffset.UTC));

  /** Remembers what a terminal would show. */
  private final class Lines implements ProgressDisplay {
    @Override
    public void update(Progress progress) {
      terminal.add(progress.phase());
    }

    @Override
    public void message(String line) {
      terminal.add(line);
    }

    @Override
    public void close() {
      terminal.add("closed");
    }
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  private static Progress progress(String phase, @Nullable String throttle) {
    return new Progress(phase, 1, 10, 0, 1, null, 1, throttle);
  }

  @Test
  void terminal_isToldTheSame() {
    board.update(progress("copy", null));
    board.message("hello");
    board.close();

    assertThat(terminal).containsExactly("copy", "hello", "closed");
  }

  @Test
  void events_arePhasesAndMessages_theOldestForgotten() {
    board.update(progress("copy", null));
    board.update(progress("copy", null));
    board.message("line\nof two \u001b[2J");
    assertThat(board.events())
        .containsExactly(
            new LiveStatus.Event("2026-11-22T10:00:00Z", "now: copy"),
            new LiveStatus.Event("2026-11-22T10:00:00Z", "line of two ?[2J"));

    for (int i = 0; i < 500; i++) {
      board.message("event " + i);
    }
    assertThat(board.events()).hasSize(LiveBoard.EVENTS_MAX);
    assertThat(board.events().get(LiveBoard.EVENTS_MAX - 1).text()).isEqualTo("event 499");
  }

  @Test
  void pausedTime_isCounted() {
    board.update(progress("copy", null));
    board.update(progress("copy", "paused"));
    board.update(progress("copy", "paused"));

    assertThat(metrics.scrape())
        .doesNotContain("whimbrel_throttle_seconds_total{reason=\"paused\"} 0.0\n")
        .contains("whimbrel_throttle_seconds_total{reason=\"wal-size\"} 0.0");
  }
}
