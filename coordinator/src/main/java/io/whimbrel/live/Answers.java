// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Sends answers with the headers that every answer of ours carries. */
final class Answers {

  /** Only what we serve ourselves may run in or be fetched by the page, and nobody may frame it. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private Answers() {}

  static void harden(Headers headers) {
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
  }

  static void json(HttpExchange exchange, int status, Object value) throws IOException {
    body(
        exchange,
        status,
        "application/json; charset=utf-8",
        (Json.line(value) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    switch (refusal.status()) {
      case 401 -> headers.set("WWW-Authenticate", "Bearer");
      case 429 -> headers.set("Retry-After", "5");
      default -> {}
    }
    json(exchange, refusal.status(), Map.of("code", refusal.code(), "message", refusal.message()));
  }

  static void body(HttpExchange exchange, int status, String contentType, byte[] body)
      throws IOException {
    harden(exchange.getResponseHeaders());
    exchange.getResponseHeaders().set("Content-Type", contentType);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  /** Whether the method is the one that the path has; answers 405 when not. */
  static boolean hasMethod(HttpExchange exchange, String method) throws IOException {
    if (exchange.getRequestMethod().equals(method)) {
      return true;
    }
    exchange.getResponseHeaders().set("Allow", method);
    refuse(exchange, new Refusal(405, "wrong-method", "this path has " + method + " only"));
    return false;
  }
}
