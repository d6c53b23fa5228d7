// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SmallPartsTest {

  @Test
  void versions_tellWriterAndOperation_andFitTheirColumn() {
    Set<Long> versions = new HashSet<>();
    for (int writer = 0; writer < 3; writer++) {
      for (int operation = 1; operation < 50; operation++) {
        for (int row = 0; row < Versions.ROWS_MAX; row++) {
          versions.add(Versions.written(writer, operation, row));
        }
      }
    }

    assertThat(versions).hasSize(3 * 49 * Versions.ROWS_MAX).noneMatch(Versions::isOriginal);
    assertThat(Versions.isOriginal(4_000_000_000L)).isTrue();
    assertThat(Versions.number(Versions.written(2, 1_000_000, 15))).isEqualTo(16_000_015);
    assertThatThrownBy(() -> Versions.written(0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void contents_tellTheirVersionAtBothEnds_andDifferBySeed() {
    long version = Versions.written(1, 77, 0);
    String mark = Long.toHexString(version);

    assertThat(new Values(1).content(version))
        .startsWith("[" + mark + "]")
        .endsWith("[" + mark + " ends]")
        .isEqualTo(new Values(1).content(version));
    assertThat(new Values(1).content(Versions.written(1, 78, 0)))
        .isNotEqualTo(new Values(1).content(version));
  }

  @Test
  void percentiles_areTheSmallestThatCoverTheirShare() {
    Latencies latencies = new Latencies(new long[] {1_000, 2_000, 3_000, 10_000});

    assertThat(latencies.millis(0.5)).isEqualTo(2);
    assertThat(latencies.millis(0.51)).isEqualTo(3);
    assertThat(latencies.millis(0.99)).isEqualTo(10);
    assertThat(latencies.millisMax()).isEqualTo(10);
    assertThat(new Latencies(new long[0]).millis(0.5)).isZero();
  }

  @Test
  void kinds_coverAThousand_andWritesTheirShare() {
    int writes = 0;
    for (int draw = 0; draw < 1_000; draw++) {
      writes += OperationKind.drawn(draw).isWrite() ? 1 : 0;
    }

    assertThat(writes).isEqualTo(OperationKind.WRITES);
    assertThatThrownBy(() -> OperationKind.drawn(1_000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void states_readBack() {
    Change change = new Change(-3L, new RowState(5, Versions.written(0, 1, 0), 7));

    assertThat(Change.parse(change.toString())).isEqualTo(change);
    assertThat(Change.parse("?:1,2,3").key()).isNull();
    assertThat(Change.parse("9:-").after()).isNull();
  }

  @Test
  void windows_ofAStep_areTheStatesSeenInIt() {
    Windows windows = new Windows();
    windows.addStates(
        "migration",
        java.util.List.of(
            new StateWatch.Seen("ROLLED_BACK", 0),
            new StateWatch.Seen("COPYING", 20),
            new StateWatch.Seen("CUTTING_OVER", 50),
            new StateWatch.Seen("COMPLETED", 60)),
        10,
        70);

    assertThat(windows.all())
        .containsExactly(
            new Window("migration: starting", 10, 20),
            new Window("migration: COPYING", 20, 50),
            new Window("migration: CUTTING_OVER", 50, 60),
            new Window("migration: settling", 60, 70));
  }
}
