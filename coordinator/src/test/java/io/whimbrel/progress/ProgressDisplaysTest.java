// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressDisplaysTest {
  private final Output output = new Output();

  @Test
  void display_followsTheStream() {
    assertThat(ProgressDisplays.choose(true, false, output.stream))
        .isInstanceOf(TerminalProgress.class);
    assertThat(ProgressDisplays.choose(false, false, output.stream))
        .isInstanceOf(PlainProgress.class);
  }

  @Test
  void nothing_isPrinted_whenQuiet() {
    for (boolean terminal : new boolean[] {true, false}) {
      try (ProgressDisplay display = ProgressDisplays.choose(terminal, true, output.stream)) {
        display.update(Output.progress("Copying", 1, 10));
        display.message("an event");
      }
    }

    assertThat(output.text()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"'24 132\n', 132", "'0 0\n', 80", "'', 80", "'stty: error', 80", "'24 99999999', 80"})
  void width_isTheTerminalsOrTheFallback(String answer, int columns) {
    assertThat(TerminalWidth.parse(answer, 80)).isEqualTo(columns);
  }
}
