// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One writer's record, a line an event, handed to the operating system before the next step: what
 * is about to be sent, then how it ended.
 *
 * <pre>
 * I number kind intended start change...   to be sent
 * A end key...                             acknowledged; keys that the database gave
 * F end state                              refused
 * U end state                              the answer was lost
 * R done|undone key...                     what a later look found
 * Q kind intended start end                a read
 * V kind key words                         what a read or a write should not have met
 * </pre>
 */
final class WriterLog implements AutoCloseable {

  /** What the names of logs end in. */
  static final String SUFFIX = ".writes";

  private final BufferedWriter out;

  WriterLog(Path file) throws IOException {
    out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
  }

  void intent(Operation operation, long intendedMicros, long startMicros) throws IOException {
    StringBuilder line = new StringBuilder("I ");
    line.append(operation.number()).append(' ').append(operation.kind());
    line.append(' ').append(intendedMicros).append(' ').append(startMicros);
    operation.changes().forEach(change -> line.append(' ').append(change));
    write(line);
  }

  void acknowledged(long endMicros, List<Long> keys) throws IOException {
    write(keyed("A " + endMicros, keys));
  }

  void refused(long endMicros, String state) throws IOException {
    write("F " + endMicros + " " + state);
  }

  void unanswered(long endMicros, String state) throws IOException {
    write("U " + endMicros + " " + state);
  }

  void found(boolean done, List<Long> keys) throws IOException {
    write(keyed(done ? "R done" : "R undone", keys));
  }

  void read(OperationKind kind, long intendedMicros, long startMicros, long endMicros)
      throws IOException {
    write("Q " + kind + " " + intendedMicros + " " + startMicros + " " + endMicros);
  }

  void violation(Fault fault, long key, String words) throws IOException {
    write("V " + fault + " " + key + " " + words.replaceAll("\\s", " "));
  }

  private static CharSequence keyed(String start, List<Long> keys) {
    StringBuilder line = new StringBuilder(start);
    keys.forEach(key -> line.append(' ').append(key));
    return line;
  }

  private void write(CharSequence line) throws IOException {
    out.append(line).append('\n');
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
