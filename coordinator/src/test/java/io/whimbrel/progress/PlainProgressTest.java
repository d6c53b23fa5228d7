// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import static io.whimbrel.progress.Output.progress;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlainProgressTest {
  private final Output output = new Output();
  private long nanos = -1_000_000_000_000L;
  private final PlainProgress display =
      new PlainProgress(output.stream, Duration.ofSeconds(5), () -> nanos);

  @Test
  void line_saysWhatThereIs() {
    display.update(new Progress("Copying", 1_000, 4_000, 3, 250, null, 1, "replica\u001b lag"));

    assertThat(output.lines())
        .containsExactly(
            "Copying: 1,000 of 4,000 (25.0%), 250 memories/s, time left unknown, 3 failed, 1 worker,"
                + " slowed: replica? lag");
  }

  @Test
  void lines_comeAtMostOnceInAnInterval() {
    for (int i = 0; i <= 120; i++) {
      display.update(progress("Copying", i, 1_000));
      nanos += Duration.ofMillis(100).toNanos();
    }

    assertThat(output.lines()).hasSize(3).last().asString().startsWith("Copying: 100 of 1,000");
  }

  @Test
  void phaseChange_showsTheEndOfTheOldAndTheBeginningOfTheNew() {
    display.update(progress("Snapshot", 0, 10));
    display.update(progress("Snapshot", 8, 10));
    display.update(progress("Copying", 0, 500));

    assertThat(output.lines())
        .extracting(line -> line.split(" \\(", 2)[0])
        .containsExactly("Snapshot: 0 of 10", "Snapshot: 8 of 10", "Copying: 0 of 500");
  }

  @Test
  void completion_isShownAtOnceAndOnce() {
    display.update(progress("Copying", 0, 10));
    display.update(progress("Copying", 10, 10));
    display.update(progress("Copying", 10, 10));

    assertThat(output.lines())
        .hasSize(2)
        .last()
        .asString()
        .contains("100.0%")
        .doesNotContain("ETA");
  }

  @Test
  void close_showsTheLastStateOnce() {
    display.update(progress("Copying", 0, 10));
    display.update(progress("Copying", 4, 10));
    display.close();
    display.close();
    display.update(progress("Copying", 5, 10));
    display.message("too late");

    assertThat(output.lines()).hasSize(2).last().asString().startsWith("Copying: 4 of 10");
  }

  @Test
  void message_isOneLineWithoutControlCodes() {
    display.message("range 7\nwas split\u001b[31m");

    assertThat(output.lines()).containsExactly("range 7 was split?[31m");
  }

  @Test
  void total_isLeftOut_whenItIsUnknown() {
    display.update(new Progress("Counting", 1_500, 0, 0, 90, null, 1, null));

    assertThat(output.text())
        .isEqualTo("Counting: 1,500, 90.0 memories/s, 0 failed, 1 worker" + System.lineSeparator());
  }
}
