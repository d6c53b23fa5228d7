// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * A host (name, IPv4 or IPv6 address without brackets) and a TCP port from 1 to 65535. The name is
 * not resolved.
 */
public record HostPort(String host, int port) {
  public static final int PORT_MAX = 65_535;

  public HostPort {
    if (host.isBlank() || host.chars().anyMatch(HostPort::cannotBeInHost)) {
      throw new IllegalArgumentException("not a host: host=\"" + host + "\"");
    }
    if (port < 1 || port > PORT_MAX) {
      throw new IllegalArgumentException("not a port from 1 to 65535: port=" + port);
    }
  }

  /**
   * Reads {@code host}, {@code host:port}, {@code [ipv6]}, {@code [ipv6]:port} or a bare IPv6
   * address.
   *
   * @throws IllegalArgumentException when the text is none of these
   */
  public static HostPort parse(String text, int defaultPort) {
    String trimmed = text.trim();
    if (trimmed.startsWith("[")) {
      int close = trimmed.indexOf(']');
      if (close < 0) {
        throw notAnAddress(text);
      }
      String rest = trimmed.substring(close + 1);
      return new HostPort(trimmed.substring(1, close), portAfterColon(text, rest, defaultPort));
    }
    int colon = trimmed.indexOf(':');
    boolean bareIpv6 = colon != trimmed.lastIndexOf(':');
    if (colon < 0 || bareIpv6) {
      return new HostPort(trimmed, defaultPort);
    }
    return new HostPort(
        trimmed.substring(0, colon), portAfterColon(text, trimmed.substring(colon), defaultPort));
  }

  /**
   * Reads addresses separated by commas; blank text is the empty list.
   *
   * @throws IllegalArgumentException when one of them is not an address, or is missing between two
   *     commas
   */
  public static List<HostPort> parseList(String text, int defaultPort) {
    if (text.isBlank()) {
      return List.of();
    }
    List<HostPort> addresses = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      addresses.add(parse(part, defaultPort));
    }
    return List.copyOf(addresses);
  }

  /** The form that {@link #parse} reads back, an IPv6 address in brackets. */
  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  private static int portAfterColon(String text, String rest, int defaultPort) {
    if (rest.isEmpty()) {
      return defaultPort;
    }
    boolean digits = rest.length() > 1 && rest.chars().skip(1).allMatch(c -> c >= '0' && c <= '9');
    if (rest.charAt(0) != ':' || !digits || rest.length() > 6) {
      throw notAnAddress(text);
    }
    return Integer.parseInt(rest.substring(1));
  }

  private static boolean cannotBeInHost(int c) {
    return c <= ' ' || c == '/' || c == '@' || c == '[' || c == ']' || c == ',' || c == 0x7f;
  }

  private static IllegalArgumentException notAnAddress(String text) {
    return new IllegalArgumentException("not a host:port: \"" + text + "\"");
  }
}
