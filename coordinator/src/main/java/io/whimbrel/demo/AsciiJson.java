// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.util.HexFormat;

/** JSON texts as the legacy application's library printed them: ASCII only, ", " and ": ". */
final class AsciiJson {
  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder text = new StringBuilder("{");

  AsciiJson string(String name, String value) {
    return raw(name, quoted(value));
  }

  AsciiJson number(String name, long value) {
    return raw(name, Long.toString(value));
  }

  AsciiJson flag(String name, boolean value) {
    return raw(name, Boolean.toString(value));
  }

  AsciiJson strings(String name, String... values) {
    StringBuilder list = new StringBuilder("[");
    for (String value : values) {
      list.append(list.length() == 1 ? "" : ", ").append(quoted(value));
    }
    return raw(name, list.append(']').toString());
  }

  /** The object; nothing may be added afterwards. */
  String done() {
    return text.append('}').toString();
  }

  private AsciiJson raw(String name, String value) {
    text.append(text.length() == 1 ? "" : ", ").append(quoted(name)).append(": ").append(value);
    return this;
  }

  private static String quoted(String value) {
    StringBuilder out = new StringBuilder(value.length() + 2).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c >= ' ' && c < 0x7F) {
            out.append(c);
          } else {
            // Astral characters become a pair of escapes, one for each surrogate.
            out.append("\\u").append(HEX.toHexDigits(c));
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
