// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import java.io.PrintStream;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * The last line of a terminal, redrawn in place, and messages that scroll up above it. Thread-safe:
 * the bar draws on a thread of its own.
 */
final class LiveLine implements ProgressBarConsumer {
  private static final String BACK = "\r";
  private static final String ERASE_TO_END = "\u001b[K";

  /** Between these a line too wide for a window just made narrower is clipped, not wrapped. */
  private static final String WRAP_OFF = "\u001b[?7l";

  private static final String WRAP_ON = "\u001b[?7h";

  private final PrintStream out;
  private final IntSupplier width;
  private String shown = "";

  LiveLine(PrintStream out, IntSupplier width) {
    this.out = out;
    this.width = width;
  }

  @Override
  public int getMaxRenderedLength() {
    // A character in the last column makes some terminals wrap.
    return Math.max(1, width.getAsInt() - 1);
  }

  @Override
  public synchronized void accept(String line) {
    if (!line.equals(shown)) {
      shown = line;
      // Erased after it is drawn: erasing first makes the line flicker.
      print(BACK + WRAP_OFF + line + ERASE_TO_END + WRAP_ON);
    }
  }

  synchronized void message(String line) {
    print(BACK + line + ERASE_TO_END + System.lineSeparator() + shown);
  }

  /** Leaves the line as it is; the next one is drawn below it. */
  synchronized void leave() {
    if (!shown.isEmpty()) {
      shown = "";
      print(System.lineSeparator());
    }
  }

  @Override
  public void close() {
    // The bar does not close us when it ends before its first tick, so the end is not told here.
  }

  private void print(String text) {
    out.print(text);
    out.flush();
  }
}
