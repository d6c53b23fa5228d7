// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A stream that remembers what was printed to it. */
final class Output {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  List<String> lines() {
    String text = text();
    // Not String.lines(): a carriage return begins no new line here.
    return text.isEmpty() ? List.of() : List.of(text.split(System.lineSeparator()));
  }

  static Progress progress(String phase, long done, long total) {
    return new Progress(phase, done, total, 0, 1_234, Duration.ofSeconds(99), 2, null);
  }
}
