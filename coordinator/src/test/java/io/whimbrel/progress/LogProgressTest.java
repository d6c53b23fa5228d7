// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogProgressTest {
  private static final long TEN_HOURS_BYTES_MAX = 10_000_000;

  private final Logger logger = (Logger) LoggerFactory.getLogger(LogProgress.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicLong nanos = new AtomicLong();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setLevel(null);
    logger.setAdditive(true);
  }

  private static Progress progress(String phase, long done) {
    return new Progress(
        phase, done, 1_000_000_000, 0, 12_345, Duration.ofHours(9), 12, "a reason of some length");
  }

  @Test
  void tenHours_leaveLessThanTenMegabytes() {
    try (LogProgress log = new LogProgress(nanos::get)) {
      for (int update = 0; update < 10 * 3600 * 2; update++) {
        log.update(progress("copy", update));
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
      }
    }
    JsonEncoder encoder = new JsonEncoder();
    encoder.start();
    long bytes = lines.list.stream().mapToLong(event -> encoder.encode(event).length).sum();

    assertThat(lines.list).hasSizeBetween(599, 602);
    assertThat(bytes).isPositive().isLessThan(TEN_HOURS_BYTES_MAX / 10);
  }

  @Test
  void phases_beginWithALine_andTheEndIsSaid() {
    LogProgress log = new LogProgress(nanos::get);
    log.update(progress("copy", 1));
    log.update(progress("copy", 2));
    log.update(progress("verify", 1));
    log.update(progress("verify", 2));
    log.message("two\nlines");
    log.close();

    assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage))
        .containsExactly("progress", "progress", "two lines", "progress");
    assertThat(phases()).containsExactly("copy", "verify", "verify");
  }

  private List<Object> phases() {
    return lines.list.stream()
        .filter(event -> event.getKeyValuePairs() != null)
        .map(event -> event.getKeyValuePairs().get(0).value)
        .toList();
  }
}
