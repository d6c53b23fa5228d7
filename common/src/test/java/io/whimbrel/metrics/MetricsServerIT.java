// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsServerIT {
  private static final HttpHandler NO_CONTENT = exchange -> exchange.sendResponseHeaders(204, -1);

  private final AtomicBoolean healthy = new AtomicBoolean(true);
  private final HttpClient client = HttpClient.newHttpClient();
  private WhimbrelMetrics metrics;
  private MetricsServer server;

  @BeforeEach
  void start() throws IOException {
    metrics = new WhimbrelMetrics(EnumSet.allOf(Role.class));
    server = MetricsServer.start(HostPort.parse("0"), metrics, healthy::get);
  }

  @AfterEach
  void stop() {
    server.close();
    metrics.close();
  }

  @Test
  void address_isLoopback_whenOnlyAPortIsGiven() throws IOException {
    assertThat(InetAddress.getByName(server.address().host()).isLoopbackAddress()).isTrue();
    assertThat(server.address().port()).isPositive();
  }

  @Test
  void metrics_areTheScrape() throws Exception {
    metrics.memoriesProcessed(42);

    HttpResponse<String> answer = send("GET", "/metrics");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(new ScrapeText(answer.body()).sample("whimbrel_memories_processed_total"))
        .isEqualTo(42);
  }

  @Test
  void health_follows_whatTheProcessSays() throws Exception {
    assertThat(send("GET", "/healthz").statusCode()).isEqualTo(200);
    healthy.set(false);
    assertThat(send("GET", "/healthz").statusCode()).isEqualTo(503);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "HEAD", "OPTIONS"})
  void otherMethods_areRefused(String method) throws Exception {
    HttpResponse<String> answer = send(method, "/metrics");

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("GET");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/metricsx", "/metrics/x", "/healthz/", "/../etc/passwd"})
  void otherPaths_areNotFound(String path) throws Exception {
    assertThat(send("GET", path).statusCode()).isEqualTo(404);
  }

  @Test
  void addedHandler_isAsked_withAnyMethodAndWithoutTheQuery() throws Exception {
    server.addHandler("/api/pause", NO_CONTENT);

    assertThat(send("POST", "/api/pause?reason=backup").statusCode()).isEqualTo(204);
  }

  @Test
  void addHandler_isRefused_whenThePathIsTakenOrNoPath() {
    assertThatIllegalStateException().isThrownBy(() -> server.addHandler("/metrics", NO_CONTENT));
    assertThatIllegalArgumentException().isThrownBy(() -> server.addHandler("api", NO_CONTENT));
  }

  @Test
  void brokenHandler_isAnsweredWith500_andTheServerLives() throws Exception {
    server.addHandler(
        "/broken",
        exchange -> {
          throw new IllegalStateException("for the test");
        });

    HttpResponse<String> answer = send("GET", "/broken");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("for the test");
    assertThat(send("GET", "/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void threads_neverKeepTheProcessAlive() throws Exception {
    send("GET", "/healthz");

    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(
            t ->
                t.getName().startsWith("HTTP-Dispatcher")
                    || t.getName().startsWith("whimbrel-http"))
        .hasSizeGreaterThan(1)
        .allMatch(Thread::isDaemon);
  }

  @Test
  void start_namesTheAddress_whenItIsTaken() {
    assertThatThrownBy(() -> MetricsServer.start(server.address(), metrics, healthy::get))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot listen on " + server.address());
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    URI uri = URI.create("http://" + server.address() + path);
    return client.send(
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(10))
            .method(method, BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }
}
