// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.load.LoggedOperation.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the lines of a log together again; see {@link WriterLog}. */
final class WrittenLogReader {
  private final List<LoggedOperation> operations = new ArrayList<>();
  private final List<WrittenLog.Violation> violations = new ArrayList<>();
  private @Nullable LoggedOperation open;

  void line(String line) {
    String[] words = line.split(" ", -1);
    switch (words[0]) {
      case "I" -> {
        close();
        open = intended(words);
      }
      case "A" -> end(Outcome.ACKNOWLEDGED, words[1], "", keys(words, 2));
      case "F" -> end(Outcome.FAILED, words[1], words[2], List.of());
      case "U" -> end(Outcome.IN_DOUBT, words[1], words[2], List.of());
      case "R" -> found(words);
      case "Q" -> {
        close();
        operations.add(readOperation(words));
      }
      case "V" -> violations.add(violation(line));
      default -> throw new IllegalStateException("not a line of a log: " + line);
    }
  }

  WrittenLog end() {
    close();
    return new WrittenLog(operations, violations);
  }

  private void close() {
    if (open != null) {
      operations.add(open);
      open = null;
    }
  }

  private static LoggedOperation intended(String[] words) {
    List<Change> changes = new ArrayList<>();
    for (int i = 5; i < words.length; i++) {
      changes.add(Change.parse(words[i]));
    }
    long start = Long.parseLong(words[4]);
    return new LoggedOperation(
        Long.parseLong(words[1]),
        OperationKind.valueOf(words[2]),
        Outcome.IN_DOUBT,
        changes,
        Long.parseLong(words[3]),
        start,
        start,
        "");
  }

  private static LoggedOperation readOperation(String[] words) {
    return new LoggedOperation(
        0,
        OperationKind.valueOf(words[1]),
        Outcome.ACKNOWLEDGED,
        List.of(),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]),
        Long.parseLong(words[4]),
        "");
  }

  private void end(Outcome outcome, String endMicros, String state, List<Long> keys) {
    open = ended(begun(), outcome, Long.parseLong(endMicros), state, keys);
  }

  private void found(String[] words) {
    LoggedOperation begun = begun();
    boolean done = words[1].equals("done");
    open =
        ended(
            begun,
            done ? Outcome.FOUND_DONE : Outcome.FOUND_UNDONE,
            begun.endMicros(),
            begun.state(),
            keys(words, 2));
  }

  private LoggedOperation begun() {
    LoggedOperation begun = open;
    if (begun == null) {
      throw new IllegalStateException("the end of an operation that has not begun");
    }
    return begun;
  }

  private static LoggedOperation ended(
      LoggedOperation begun, Outcome outcome, long endMicros, String state, List<Long> keys) {
    return new LoggedOperation(
        begun.number(),
        begun.kind(),
        outcome,
        WrittenLog.keyed(begun.changes(), keys),
        begun.intendedMicros(),
        begun.startMicros(),
        endMicros,
        state);
  }

  private static List<Long> keys(String[] words, int from) {
    List<Long> keys = new ArrayList<>();
    for (int i = from; i < words.length; i++) {
      keys.add(Long.valueOf(words[i]));
    }
    return keys;
  }

  private static WrittenLog.Violation violation(String line) {
    String[] words = line.split(" ", 4);
    return new WrittenLog.Violation(Fault.valueOf(words[1]), Long.parseLong(words[2]), words[3]);
  }
}
