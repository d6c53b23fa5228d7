// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import io.whimbrel.report.SafeText;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Progress as plain lines, for log files and pipes: one when a phase begins, one when it ends, and
 * between them at most one in each interval.
 */
public final class PlainProgress implements ProgressDisplay {
  private final PrintStream out;
  private final long intervalNanos;
  private final LongSupplier nanoTicker;
  private @Nullable Progress latest;
  private boolean latestIsShown;
  private long shownNanos;
  private boolean closed;

  /** {@code nanoTicker} is System::nanoTime outside of tests. */
  public PlainProgress(PrintStream out, Duration interval, LongSupplier nanoTicker) {
    this.out = out;
    this.intervalNanos = interval.toNanos();
    this.nanoTicker = nanoTicker;
  }

  @Override
  public synchronized void update(Progress progress) {
    if (closed) {
      return;
    }
    Progress before = latest;
    boolean phaseBegins = before == null || !before.phase().equals(progress.phase());
    if (phaseBegins) {
      showUnshown();
    }
    latest = progress;
    latestIsShown = false;
    boolean due = nanoTicker.getAsLong() - shownNanos >= intervalNanos;
    if (phaseBegins || due || (progress.complete() && before != null && !before.complete())) {
      show(progress);
    }
  }

  @Override
  public synchronized void message(String line) {
    if (!closed) {
      out.println(SafeText.line(line));
      out.flush();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      showUnshown();
      closed = true;
    }
  }

  private void showUnshown() {
    Progress unshown = latest;
    if (unshown != null && !latestIsShown) {
      show(unshown);
    }
  }

  private void show(Progress progress) {
    out.println(ProgressText.line(progress));
    out.flush();
    latestIsShown = true;
    shownNanos = nanoTicker.getAsLong();
  }
}
