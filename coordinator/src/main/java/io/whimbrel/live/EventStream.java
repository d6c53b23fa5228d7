// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the status to everybody who listens, once a second, as server-sent events: {@code status}
 * with the JSON of {@link LiveStatus}, {@code trouble} when the ledger cannot be read, and {@code
 * end} when the coordinator leaves. A stream holds one thread of the server, so their number is
 * bounded; who comes too late is told to ask for the status instead.
 */
final class EventStream implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final int STREAMS_MAX = 24;
  private static final long PERIOD_MILLIS = 1_000;
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final LiveSource source;
  private final Semaphore places = new Semaphore(STREAMS_MAX);
  private final CountDownLatch closing = new CountDownLatch(1);

  EventStream(LiveSource source) {
    this.source = source;
  }

  void answer(HttpExchange exchange) throws IOException {
    if (!places.tryAcquire()) {
      Answers.refuse(
          exchange,
          new Refusal(503, "too-many-streams", "ask for /api/v1/status instead, now and then"));
      return;
    }
    try {
      Answers.harden(exchange.getResponseHeaders());
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
      exchange.sendResponseHeaders(200, 0);
      stream(exchange.getResponseBody());
    } catch (IOException e) {
      LOG.debug("a watcher has left: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      places.release();
    }
  }

  private void stream(OutputStream out) throws IOException, InterruptedException {
    send(out, "retry: 2000\n\n");
    do {
      send(out, event(source::status));
    } while (!closing.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS));
    // Once more after the end, so that every page shows how it ended.
    send(out, event(source::newest));
    send(out, "event: end\ndata: {}\n\n");
  }

  private interface Reading {
    LiveStatus read() throws SQLException;
  }

  private static String event(Reading reading) {
    try {
      return "event: status\ndata: " + Json.line(reading.read()) + "\n\n";
    } catch (SQLException e) {
      LOG.debug("the ledger could not be read for a stream", e);
      return "event: trouble\ndata: {}\n\n";
    }
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Tells all who listen how it ended, and waits a moment until they have heard it. */
  @Override
  public void close() {
    closing.countDown();
    try {
      if (!places.tryAcquire(STREAMS_MAX, FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("some watchers did not hear the end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
