// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.load.LoggedOperation.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a writer writes down is what a reader of its log learns. */
class WrittenLogIT {

  private static final RowState STATE = RowState.of(Versions.written(0, 1, 0));
  private static final Operation INSERT =
      new Operation(1, OperationKind.INSERT, List.of(new Change(null, STATE)));
  private static final Operation MOVE =
      new Operation(2, OperationKind.MOVE, List.of(new Change(7L, null), new Change(-8L, STATE)));

  private final Path file;

  WrittenLogIT(@TempDir Path folder) {
    file = folder.resolve("a" + WriterLog.SUFFIX);
  }

  @Test
  void log_tellsHowEachOperationEnded() throws Exception {
    try (WriterLog log = new WriterLog(file)) {
      log.intent(INSERT, 10, 20);
      log.acknowledged(30, List.of(42L));
      log.intent(MOVE, 40, 41);
      log.refused(50, "40P01");
      log.intent(MOVE, 60, 61);
      log.unanswered(70, "08006");
      log.found(true, List.of());
      log.read(OperationKind.READ, 80, 81, 82);
      log.violation(Fault.ALTERED, -8, "two\nlines");
      log.intent(MOVE, 90, 91);
      log.unanswered(92, "08006");
      log.found(false, List.of());
    }

    WrittenLog read = WrittenLog.read(file);

    assertThat(read.operations())
        .extracting(LoggedOperation::outcome)
        .containsExactly(
            Outcome.ACKNOWLEDGED,
            Outcome.FAILED,
            Outcome.FOUND_DONE,
            Outcome.ACKNOWLEDGED,
            Outcome.FOUND_UNDONE);
    LoggedOperation insert = read.operations().get(0);
    assertThat(insert.changes()).containsExactly(new Change(42L, STATE));
    assertThat(insert.latencyMicros()).isEqualTo(20);
    assertThat(insert.serviceMicros()).isEqualTo(10);
    assertThat(read.operations().get(2).changes()).isEqualTo(MOVE.changes());
    assertThat(read.violations())
        .containsExactly(new WrittenLog.Violation(Fault.ALTERED, -8, "two lines"));
  }

  @Test
  void lastOperation_isInDoubt_whenTheWriterWasCutOff() throws Exception {
    try (WriterLog log = new WriterLog(file)) {
      log.intent(MOVE, 40, 41);
    }
    Files.writeString(file, "A 5", StandardOpenOption.APPEND);

    assertThat(WrittenLog.read(file).operations())
        .singleElement()
        .satisfies(
            operation -> {
              assertThat(operation.outcome()).isEqualTo(Outcome.IN_DOUBT);
              assertThat(operation.changes()).isEqualTo(MOVE.changes());
            });
  }
}
