// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about where it comes from; every field is the caller's word but the address.
 */
record Caller(
    String address,
    @Nullable String host,
    @Nullable String origin,
    @Nullable String fetchSite,
    @Nullable String contentType,
    @Nullable String authorization) {

  static Caller of(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    return new Caller(
        exchange.getRemoteAddress().getAddress().getHostAddress(),
        headers.getFirst("Host"),
        headers.getFirst("Origin"),
        headers.getFirst("Sec-Fetch-Site"),
        headers.getFirst("Content-Type"),
        headers.getFirst("Authorization"));
  }
}
