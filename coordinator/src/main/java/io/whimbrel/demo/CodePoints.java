// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.util.ArrayList;
import java.util.List;

/** Texts measured and cut as the legacy application did it: by code points, never by UTF-16. */
final class CodePoints {
  private CodePoints() {}

  static int count(String text) {
    return text.codePointCount(0, text.length());
  }

  /** At most the first {@code count} code points. */
  static String first(String text, int count) {
    return text.length() <= count || count(text) <= count
        ? text
        : text.substring(0, text.offsetByCodePoints(0, count));
  }

  /** Pieces of {@code size} code points, the last one shorter; one empty piece of an empty text. */
  static List<String> pieces(String text, int size) {
    List<String> pieces = new ArrayList<>();
    String rest = text;
    while (count(rest) > size) {
      String piece = first(rest, size);
      pieces.add(piece);
      rest = rest.substring(piece.length());
    }
    pieces.add(rest);
    return pieces;
  }
}
