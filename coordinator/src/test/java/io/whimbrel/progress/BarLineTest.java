// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import static io.whimbrel.progress.Output.progress;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BarLineTest {
  private static final Duration ELAPSED = Duration.ofSeconds(61);
  private final BarLine ascii = new BarLine(false);
  private final BarLine blocks = new BarLine(true);
  private final Progress busy =
      new Progress("Copying", 84_512, 134_220, 3, 12_345, Duration.ofSeconds(42), 4, "replica lag");

  @Test
  void everything_isShown_whenThereIsRoom() {
    assertThat(ascii.render(busy, ELAPSED, 160))
        .matches(
            "Copying  63\\.0% \\[#+ +\\]   84,512 of 134,220  12,345/s  ETA 0:42  3 failed"
                + "  4 workers  slowed: replica lag");
  }

  @Test
  void line_isNeverWiderThanAsked() {
    for (int width = 1; width <= 200; width++) {
      assertThat(ascii.render(busy, ELAPSED, width)).hasSizeLessThanOrEqualTo(width);
      assertThat(blocks.render(busy, ELAPSED, width)).hasSizeLessThanOrEqualTo(width);
      assertThat(ascii.render(progress("Counting", 5, 0), ELAPSED, width))
          .hasSizeLessThanOrEqualTo(width);
    }
  }

  @Test
  void failuresAndEta_stay_whenRoomIsShort() {
    assertThat(ascii.render(busy, ELAPSED, 50))
        .contains("ETA 0:42", "3 failed", "[#")
        .doesNotContain("workers", "replica");
    assertThat(ascii.render(busy, ELAPSED, 26)).isEqualTo("Copying  63.0%  3 failed");
    assertThat(ascii.render(busy, ELAPSED, 14)).isEqualTo("Copying  63.0%");
  }

  @Test
  void bar_isFullOnlyAtTheEnd() {
    assertThat(ascii.render(progress("Copying", 999_999, 1_000_000), ELAPSED, 100)).contains("# ]");
    assertThat(ascii.render(progress("Copying", 10, 10), ELAPSED, 100))
        .contains("100.0% [#", "#]", "1:01")
        .doesNotContain("ETA");
    assertThat(ascii.render(progress("Copying", 15, 10), ELAPSED, 100)).contains("100.0%", "#]");
  }

  @Test
  void bar_growsByEighths_whenBlocksCanBeShown() {
    Progress atEleventhOf320 = progress("C", 11, 320);

    assertThat(blocks.render(atEleventhOf320, ELAPSED, 200)).contains("▕█▍" + " ".repeat(38) + "▏");
  }

  @Test
  void bar_keepsItsPlace_whileNumbersGrow() {
    String begin = ascii.render(progress("Copying", 9, 134_220), ELAPSED, 70);
    String end = ascii.render(progress("Copying", 130_000, 134_220), ELAPSED, 70);

    assertThat(begin.indexOf(']')).isEqualTo(end.indexOf(']')).isPositive();
  }

  @Test
  void elapsedTime_standsInForTheEta_whenTheTotalIsUnknown() {
    assertThat(ascii.render(progress("Counting", 5_000, 0), ELAPSED, 80))
        .isEqualTo("Counting  5,000  1,234/s  1:01  2 workers");
  }
}
