// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import static io.whimbrel.progress.Output.progress;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {
  private final Output output = new Output();
  private final TerminalProgress display = new TerminalProgress(output.stream, () -> 80, false);

  @AfterEach
  void close() {
    display.close();
  }

  @Test
  void lastState_isShown_whenItIsClosedBeforeTheNextRedraw() {
    display.update(progress("Copying", 0, 10));
    display.update(progress("Copying", 10, 10));
    display.close();

    assertThat(output.text()).contains("Copying 100.0% [#").endsWith(System.lineSeparator());
  }

  @Test
  void phase_leavesItsLastLine_whenTheNextOneBegins() {
    display.update(progress("Snapshot", 7, 10));
    display.update(progress("Copying", 1, 10));
    display.close();

    assertThat(output.lines()).hasSize(2);
    assertThat(output.lines().get(0)).contains("Snapshot  70.0%").doesNotContain("Copying");
    assertThat(output.lines().get(1)).contains("Copying  10.0%");
  }

  @Test
  void message_goesAboveTheBar() {
    LiveLine line = new LiveLine(output.stream, () -> 80);
    line.accept("the bar");
    line.message("an event");
    line.leave();

    assertThat(output.lines())
        .containsExactly("\r\u001b[?7lthe bar\u001b[K\u001b[?7h" + "\ran event\u001b[K", "the bar");
  }

  @Test
  void line_isNotDrawnAgain_whenNothingChanged() {
    LiveLine line = new LiveLine(output.stream, () -> 80);
    line.accept("the bar");
    line.accept("the bar");

    assertThat(output.text()).containsOnlyOnce("the bar");
    assertThat(line.getMaxRenderedLength()).isEqualTo(79);
  }

  @Test
  void message_cannotMoveTheCursor() {
    display.message("\u001b[2J\rgone");

    assertThat(output.text()).contains("?[2J gone");
  }

  @Test
  void nothing_isShown_afterClosing() {
    display.close();
    display.update(progress("Copying", 1, 10));

    assertThat(output.text()).isEmpty();
  }

  @Test
  void interrupt_isKept_whenClosing() {
    display.update(progress("Copying", 1, 10));
    Thread.currentThread().interrupt();
    display.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(output.text()).contains("Copying  10.0%");
  }
}
