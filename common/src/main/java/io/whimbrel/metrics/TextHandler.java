// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** A page of text that is made anew at each GET; any other method is refused. */
final class TextHandler implements HttpHandler {
  private final Supplier<Answer> page;

  TextHandler(Supplier<Answer> page) {
    this.page = page;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("GET")) {
      page.get().send(exchange);
    } else {
      exchange.getResponseHeaders().set("Allow", "GET");
      Answer.plain(405, "method not allowed\n").send(exchange);
    }
  }

  /** A whole answer: status, content type and text. */
  record Answer(int status, String contentType, String text) {
    static Answer metrics(String text) {
      return new Answer(200, "text/plain; version=0.0.4; charset=utf-8", text);
    }

    static Answer health(boolean healthy) {
      return healthy ? plain(200, "ok\n") : plain(503, "not healthy\n");
    }

    static Answer notFound() {
      return plain(404, "not found\n");
    }

    static Answer plain(int status, String text) {
      return new Answer(status, "text/plain; charset=utf-8", text);
    }

    void send(HttpExchange exchange) throws IOException {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", contentType);
      // -1 means no body at all; a HEAD answer must not carry one.
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }
}
