// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP server on one address: {@code GET /metrics}, {@code GET /healthz} and whatever
 * handlers are added. It answers 404 to any other path, 405 to another method on its own two paths,
 * and its threads never keep the process alive. Safe for use by many threads.
 */
public final class MetricsServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);

  /** Enough for scrapers, probes and pages at once. */
  private static final int THREADS = 8;

  /** Streams of events hold a thread each; those who open them bound their number below this. */
  private static final int THREADS_MAX = 48;

  static {
    // A request that is sent a byte at a time would hold its thread for ever. The server reads
    // these once, before its first start; who sets them himself is left his choice.
    setIfAbsent("sun.net.httpserver.maxReqTime", "10");
    setIfAbsent("sun.net.httpserver.nodelay", "true");
  }

  /** Connections that wait to be accepted; scrapers and probes are few. */
  private static final int BACKLOG = 16;

  private static final AtomicInteger THREAD_NUMBERS = new AtomicInteger();

  private final HttpServer server;
  private final ExecutorService executor;
  private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();

  private MetricsServer(HttpServer server, WhimbrelMetrics metrics, BooleanSupplier healthy) {
    this.server = server;
    executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS_MAX,
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            MetricsServer::daemon);
    addHandler("/metrics", new TextHandler(() -> TextHandler.Answer.metrics(metrics.scrape())));
    addHandler(
        "/healthz", new TextHandler(() -> TextHandler.Answer.health(healthy.getAsBoolean())));
    server.createContext("/", this::dispatch);
    server.setExecutor(executor);
  }

  /**
   * Listens at once. {@code healthy} decides between 200 and 503 on {@code /healthz}; it is asked
   * at each request and must answer quickly.
   *
   * @throws IOException naming the address, when it cannot be listened on
   */
  public static MetricsServer start(HostPort bind, WhimbrelMetrics metrics, BooleanSupplier healthy)
      throws IOException {
    InetSocketAddress address = bind.toSocketAddress();
    if (address.isUnresolved()) {
      throw new IOException("Cannot listen on " + bind + ": unknown host");
    }
    HttpServer server;
    try {
      server = HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      throw new IOException("Cannot listen on " + bind + ": " + e.getMessage(), e);
    }
    MetricsServer started = new MetricsServer(server, metrics, healthy);
    started.startDispatcher();
    return started;
  }

  /**
   * Serves a path; the handler sees every method and must close the exchange's response. The path
   * begins with a slash and is matched as a whole, without the query.
   *
   * @throws IllegalStateException when the path has a handler already
   */
  public void addHandler(String path, HttpHandler handler) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("A path begins with a slash: " + path);
    }
    if (handlers.putIfAbsent(path, handler) != null) {
      throw new IllegalStateException("The path has a handler already: " + path);
    }
  }

  /** Where it listens, with the port that was chosen when 0 was asked for. */
  public HostPort address() {
    InetSocketAddress address = server.getAddress();
    return new HostPort(address.getAddress().getHostAddress(), address.getPort());
  }

  /** Whether only this machine can reach it. */
  public boolean isLoopback() {
    return server.getAddress().getAddress().isLoopbackAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private void dispatch(HttpExchange exchange) throws IOException {
    // Routed by hand: the server's own contexts match by prefix, so /metricsx would be /metrics.
    try {
      HttpHandler handler = handlers.get(exchange.getRequestURI().getPath());
      if (handler == null) {
        TextHandler.Answer.notFound().send(exchange);
      } else {
        handler.handle(exchange);
      }
    } catch (RuntimeException e) {
      // A broken page must not stop the migration; -1 says that no answer has begun.
      LOG.warn("HTTP request failed: path={}", exchange.getRequestURI().getPath(), e);
      if (exchange.getResponseCode() == -1) {
        TextHandler.Answer.plain(500, "internal error\n").send(exchange);
      }
    } finally {
      exchange.close();
    }
  }

  /**
   * Starts the server from a daemon thread: the thread that accepts connections inherits that flag
   * from the one that starts it, and would keep a finished process alive otherwise.
   */
  private void startDispatcher() {
    Thread starter = daemon(server::start);
    starter.start();
    boolean interrupted = false;
    while (starter.isAlive()) {
      try {
        starter.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "whimbrel-http-" + THREAD_NUMBERS.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }
}
