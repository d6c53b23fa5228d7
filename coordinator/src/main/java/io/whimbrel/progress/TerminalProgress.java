// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import io.whimbrel.report.SafeText;
import java.io.PrintStream;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Progress on a terminal: one live line with a bar, redrawn a few times a second by a daemon thread
 * so that its clock moves even while nothing else does. A phase that ends leaves its last line.
 */
public final class TerminalProgress implements ProgressDisplay {
  private static final int REDRAW_MILLIS = 200;

  private final LiveLine line;
  private final BarLine layout;
  private @Nullable Phase phase;
  private boolean closed;

  /**
   * @param width columns of the terminal, asked again at each redraw
   * @param blocks whether the stream can show block characters
   */
  public TerminalProgress(PrintStream err, IntSupplier width, boolean blocks) {
    this.line = new LiveLine(err, width);
    this.layout = new BarLine(blocks);
  }

  @Override
  public synchronized void update(Progress progress) {
    if (closed) {
      return;
    }
    Phase current = phase;
    if (current == null || !current.latest.phase().equals(progress.phase())) {
      endPhase();
      phase = begin(progress);
    } else {
      current.latest = progress;
    }
  }

  @Override
  public void message(String text) {
    line.message(SafeText.line(text));
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      endPhase();
    }
  }

  private Phase begin(Progress first) {
    Phase beginning = new Phase(first);
    // The library keeps the time and the beat. Its own console consumer stays unused: it opens the
    // terminal through JLine, which resets SIGINT to its default, and then Ctrl-C ends the process
    // without running any shutdown hook.
    beginning.bar =
        new ProgressBarBuilder()
            .setTaskName(SafeText.line(first.phase()))
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .continuousUpdate()
            .setConsumer(line)
            .setRenderer(
                (state, width) -> layout.render(beginning.latest, state.getTotalElapsed(), width))
            .build();
    return beginning;
  }

  private void endPhase() {
    Phase ending = phase;
    if (ending == null) {
      return;
    }
    phase = null;
    // Closing waits for the last drawing and would swallow an interrupt on the way.
    boolean interrupted = Thread.interrupted();
    ProgressBar bar = ending.bar;
    if (bar != null) {
      bar.close();
    }
    line.leave();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** One phase's bar, and the state it draws. */
  private static final class Phase {
    private volatile Progress latest;
    private @Nullable ProgressBar bar;

    Phase(Progress first) {
      latest = first;
    }
  }
}
