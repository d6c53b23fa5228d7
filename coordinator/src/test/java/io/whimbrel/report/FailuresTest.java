// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import static io.whimbrel.report.Failures.MAX_LISTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.report.Failures.Failure;
import io.whimbrel.report.Failures.ReasonCount;
import io.whimbrel.report.Failures.Severity;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void list_isNotTruncated_whenItJustFits() {
    Failures failures = Failures.collect(warnings(MAX_LISTED).iterator());

    assertThat(failures.listed()).hasSize(MAX_LISTED);
    assertThat(failures.truncated()).isFalse();
  }

  @Test
  void counts_coverEverything_whenTheListIsTruncated() {
    Failures failures = Failures.collect(warnings(MAX_LISTED + 5).iterator());

    assertThat(failures.listed()).hasSize(MAX_LISTED);
    assertThat(failures.truncated()).isTrue();
    assertThat(failures.total()).isEqualTo(MAX_LISTED + 5);
  }

  @Test
  void quarantined_areListedFirst_whenWarningsWouldFillTheList() {
    Stream<Failure> all =
        Stream.concat(warnings(MAX_LISTED), Stream.of(SampleReport.quarantined("late")));

    Failures failures = Failures.collect(all.iterator());

    assertThat(failures.listed()).hasSize(MAX_LISTED);
    assertThat(failures.listed().get(0).key()).isEqualTo("late");
    assertThat(failures.counts())
        .containsExactly(
            new ReasonCount("cut-stream", Severity.QUARANTINED, 1),
            new ReasonCount("cut-text", Severity.WARNING, MAX_LISTED));
  }

  @Test
  void notCarried_isListedFirst_andIsNoWarning() {
    Failure blocked = new Failure("worst", Severity.BLOCKED, "unwritable", "");

    Failures failures = Failures.collect(Stream.concat(warnings(2), Stream.of(blocked)).iterator());

    assertThat(failures.listed().get(0)).isEqualTo(blocked);
    assertThat(failures.counts())
        .containsExactly(
            new ReasonCount("unwritable", Severity.BLOCKED, 1),
            new ReasonCount("cut-text", Severity.WARNING, 2));
  }

  @Test
  void detail_isCut_whenItIsLong() {
    Failure failure = new Failure("k", Severity.WARNING, "r", "x".repeat(10_000));

    assertThat(failure.detail()).hasSize(500).endsWith("…");
  }

  private static Stream<Failure> warnings(int count) {
    return IntStream.range(0, count).mapToObj(i -> SampleReport.warning("w" + i));
  }
}
