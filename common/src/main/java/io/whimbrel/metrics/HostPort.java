// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import java.net.InetSocketAddress;

/** An address to listen on. The port is 0 to 65535; 0 lets the system choose a free one. */
public record HostPort(String host, int port) {
  private static final String LOOPBACK = "127.0.0.1";

  public HostPort {
    if (host.isBlank()) {
      throw new IllegalArgumentException("The host is empty");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("The port is not between 0 and 65535: " + port);
    }
  }

  /**
   * Reads {@code PORT} (on loopback), {@code HOST:PORT} or {@code [IPV6]:PORT}.
   *
   * @throws IllegalArgumentException saying what was expected, for anything else
   */
  public static HostPort parse(String text) {
    String trimmed = text.strip();
    int colon = trimmed.lastIndexOf(':');
    if (colon < 0) {
      return new HostPort(LOOPBACK, port(trimmed, text));
    }
    return new HostPort(
        host(trimmed.substring(0, colon), text), port(trimmed.substring(colon + 1), text));
  }

  private static String host(String host, String text) {
    if (host.startsWith("[") && host.endsWith("]") && host.length() > 2) {
      return host.substring(1, host.length() - 1);
    }
    // A bare IPv6 address would lose its last group to the port without anybody noticing.
    if (host.isEmpty() || host.contains(":") || host.contains("[") || host.contains("]")) {
      throw malformed(text);
    }
    return host;
  }

  private static int port(String digits, String text) {
    if (digits.isEmpty()
        || digits.length() > 5
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw malformed(text);
    }
    return Integer.parseInt(digits);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "Not an address: '" + text + "'; expected PORT, HOST:PORT or [IPV6]:PORT");
  }

  /** Resolves the host; the result is unresolved when no such host is known. */
  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
  }
}
