// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that one writer's log holds, in its order.
 *
 * @param operations writes and reads
 */
record WrittenLog(List<LoggedOperation> operations, List<Violation> violations) {

  WrittenLog {
    operations = List.copyOf(operations);
    violations = List.copyOf(violations);
  }

  /** A violation as it was written. */
  record Violation(Fault fault, long key, String words) {}

  /** Reads a log, even while it is written: a last line without its end is left out. */
  static WrittenLog read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    WrittenLogReader reading = new WrittenLogReader();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      reading.line(text.substring(start, end));
      start = end + 1;
    }
    return reading.end();
  }

  /** Every log of a folder. */
  static List<WrittenLog> readAll(Path folder) throws IOException {
    List<WrittenLog> logs = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(path -> path.toString().endsWith(WriterLog.SUFFIX)).sorted().toList()) {
        logs.add(read(file));
      }
    }
    return logs;
  }

  /** The changes with the keys that the database gave. */
  static List<Change> keyed(List<Change> changes, List<Long> keys) {
    if (keys.isEmpty()) {
      return changes;
    }
    if (keys.size() != changes.size()) {
      throw new IllegalStateException("rows=" + changes.size() + " keys=" + keys.size());
    }
    List<Change> keyed = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      keyed.add(new Change(keys.get(i), changes.get(i).after()));
    }
    return keyed;
  }
}
