// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.ledger.RangeStatistics.Stretch;
import io.whimbrel.live.History.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {

  @Test
  void points_fillTheSilences_andCarryTheRatioOn() {
    List<Point> points =
        History.points(
            List.of(new Stretch(10_000, 2, 500, 900, 300), new Stretch(16_000, 1, 1_000, 900, 600)),
            2_000);

    assertThat(points)
        .containsExactly(
            new Point(10_000, 250, 3.0),
            new Point(12_000, 0, 3.0),
            new Point(14_000, 0, 3.0),
            new Point(16_000, 500, 2.0));
  }

  @Test
  void ratio_isUnknown_beforeAnythingIsCompressed() {
    assertThat(History.points(List.of(new Stretch(0, 1, 5, 0, 0)), 1_000))
        .containsExactly(new Point(0, 5, null));
  }

  @Test
  void noCommits_areNoPoints() {
    assertThat(History.points(List.of(), 1_000)).isEmpty();
  }
}
