// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many columns the terminal has, asked of the terminal itself every few seconds, so that a
 * window may be resized. Where it cannot be asked, COLUMNS or 80. Thread-safe.
 */
final class TerminalWidth implements IntSupplier {
  private static final int FALLBACK = 80;
  private static final int LEAST = 10;
  private static final long FRESH_NANOS = Duration.ofSeconds(2).toNanos();
  private static final Pattern ROWS_AND_COLUMNS = Pattern.compile("\\d+ (\\d{1,5})\\s*");

  private int columns = fromEnvironment();
  private boolean asked;
  private long askedNanos;

  @Override
  public synchronized int getAsInt() {
    long now = System.nanoTime();
    if (!asked || now - askedNanos >= FRESH_NANOS) {
      asked = true;
      askedNanos = now;
      columns = ask(columns);
    }
    return columns;
  }

  private static int ask(int otherwise) {
    File terminal = new File("/dev/tty");
    if (!terminal.canRead()) {
      return otherwise;
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(terminal)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return otherwise;
      }
      String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return parse(answer, otherwise);
    } catch (IOException e) {
      return otherwise;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return otherwise;
    }
  }

  /** Reads {@code rows columns}; a pseudo-terminal that nobody sized says 0. */
  static int parse(String answer, int otherwise) {
    Matcher matcher = ROWS_AND_COLUMNS.matcher(answer);
    if (!matcher.matches()) {
      return otherwise;
    }
    int columns = Integer.parseInt(matcher.group(1));
    return columns >= LEAST ? columns : otherwise;
  }

  private static int fromEnvironment() {
    String columns = System.getenv("COLUMNS");
    return columns == null ? FALLBACK : parse("0 " + columns, FALLBACK);
  }
}
