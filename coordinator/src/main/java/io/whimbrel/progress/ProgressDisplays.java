// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Chooses a display. */
public final class ProgressDisplays {
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(5);

  private ProgressDisplays() {}

  /**
   * The display for a stream: silent when quiet, a live bar on a terminal, else plain lines.
   *
   * @param terminal whether {@code err} really is a terminal that moves its cursor
   */
  public static ProgressDisplay choose(boolean terminal, boolean quiet, PrintStream err) {
    if (quiet) {
      return new SilentProgress();
    }
    return terminal
        ? new TerminalProgress(err, new TerminalWidth(), terminalShowsBlocks())
        : new PlainProgress(err, PLAIN_INTERVAL, System::nanoTime);
  }

  /** Whether the standard error stream can write block characters; Java names it differently. */
  private static boolean terminalShowsBlocks() {
    for (String property :
        new String[] {"stderr.encoding", "sun.stderr.encoding", "native.encoding"}) {
      String encoding = System.getProperty(property);
      if (encoding != null) {
        return encoding.equalsIgnoreCase(StandardCharsets.UTF_8.name());
      }
    }
    return false;
  }

  private static final class SilentProgress implements ProgressDisplay {
    @Override
    public void update(Progress progress) {}

    @Override
    public void message(String line) {}

    @Override
    public void close() {}
  }
}
