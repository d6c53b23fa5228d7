// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import io.whimbrel.report.SafeText;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Progress as log lines for programs: the numbers stand in properties of their own. One line when a
 * phase begins and one a minute, so that ten hours fit into a small file.
 */
public final class LogProgress implements ProgressDisplay {

  private static final Logger LOG = LoggerFactory.getLogger(LogProgress.class);
  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoTicker;
  private @Nullable Progress latest;
  private boolean latestIsShown;
  private long shownNanos;

  /** {@code nanoTicker} is System::nanoTime outside of tests. */
  public LogProgress(LongSupplier nanoTicker) {
    this.nanoTicker = nanoTicker;
  }

  @Override
  public synchronized void update(Progress progress) {
    Progress before = latest;
    boolean phaseBegins = before == null || !before.phase().equals(progress.phase());
    latest = progress;
    latestIsShown = false;
    if (phaseBegins || nanoTicker.getAsLong() - shownNanos >= INTERVAL_NANOS) {
      show(progress);
    }
  }

  @Override
  public synchronized void message(String line) {
    LOG.info("{}", SafeText.line(line));
  }

  @Override
  public synchronized void close() {
    Progress last = latest;
    if (last != null && !latestIsShown) {
      show(last);
    }
  }

  private void show(Progress progress) {
    Duration eta = progress.eta();
    LOG.atInfo()
        .addKeyValue("phase", progress.phase())
        .addKeyValue("done", progress.done())
        .addKeyValue("total", progress.total())
        .addKeyValue("failed", progress.failed())
        .addKeyValue("memoriesPerSecond", Math.round(progress.memoriesPerSecond()))
        .addKeyValue("secondsLeft", eta == null ? "unknown" : eta.toSeconds())
        .addKeyValue("workers", progress.workers())
        .addKeyValue("throttle", progress.throttle() == null ? "none" : progress.throttle())
        .log("progress");
    latestIsShown = true;
    shownNanos = nanoTicker.getAsLong();
  }
}
