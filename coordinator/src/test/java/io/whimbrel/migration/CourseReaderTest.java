// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.ledger.RangeStatistics.Stretch;
import io.whimbrel.report.Course;
import java.util.List;
import org.junit.jupiter.api.Test;

class CourseReaderTest {

  private static Stretch stretch(long startMillis, long memories) {
    return new Stretch(startMillis, 1, memories, 0, 0);
  }

  @Test
  void stretches_areJoined_andSilencesAreZero() {
    Course course =
        CourseReader.fold(
            List.of(stretch(1_000, 10), stretch(1_250, 20), stretch(2_500, 5)), 700, 2);

    assertThat(course).isEqualTo(new Course(700, 500, List.of(60.0, 0.0, 0.0, 10.0)));
  }
}
