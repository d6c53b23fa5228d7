// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import java.util.Arrays;
import java.util.zip.Inflater;

/**
 * Base64 text as a stream of bytes, decoded window by window so that a large content is never held
 * decoded as a whole. One source serves many texts in turn. Not thread-safe.
 */
final class Base64Source {

  /** How a text looks to a strict reader of base64. */
  enum Shape {
    /** The standard alphabet, padded, without line breaks. */
    STRICT,
    /** The standard alphabet, but the last group of four characters is incomplete. */
    CUT,
    /** Anything else. */
    OTHER
  }

  private static final int WINDOW_BYTES = 24 * 1024;
  private static final byte NOT_BASE64 = -1;
  private static final byte[] VALUES = values();

  private final byte[] window = new byte[WINDOW_BYTES];
  private byte[] text = new byte[0];
  private int textPosition;
  private int textEnd;
  private int position;
  private int limit;

  static Shape shapeOf(byte[] text) {
    int digits = text.length;
    for (int padding = 0; padding < 2 && digits > 0 && text[digits - 1] == '='; padding++) {
      digits--;
    }
    // One "or" over all values keeps the loop free of branches: only NOT_BASE64 is negative.
    int seen = 0;
    for (int i = 0; i < digits; i++) {
      seen |= VALUES[text[i] & 0xFF];
    }
    if (seen < 0) {
      return Shape.OTHER;
    }
    return text.length % 4 == 0 ? Shape.STRICT : Shape.CUT;
  }

  /** Starts on the whole groups of four of a text whose shape is not {@code OTHER}. */
  void open(byte[] base64) {
    text = base64;
    textPosition = 0;
    textEnd = base64.length / 4 * 4;
    position = 0;
    limit = 0;
  }

  /** Lets go of the text, which may be large. */
  void close() {
    text = new byte[0];
    textPosition = 0;
    textEnd = 0;
    position = 0;
    limit = 0;
  }

  /** The next byte, or -1 at the end. */
  int next() {
    return hasMore() ? window[position++] & 0xFF : -1;
  }

  boolean hasMore() {
    return position < limit || refill();
  }

  /** Hands the inflater all bytes at hand; {@link #takeBack} returns those it leaves. */
  boolean feed(Inflater inflater) {
    if (!hasMore()) {
      return false;
    }
    inflater.setInput(window, position, limit - position);
    position = limit;
    return true;
  }

  void takeBack(Inflater inflater) {
    position = limit - inflater.getRemaining();
  }

  private boolean refill() {
    position = 0;
    limit = 0;
    while (textPosition < textEnd && limit + 3 <= WINDOW_BYTES) {
      decodeGroup();
    }
    return limit > 0;
  }

  private void decodeGroup() {
    int a = VALUES[text[textPosition] & 0xFF];
    int b = VALUES[text[textPosition + 1] & 0xFF];
    int c = VALUES[text[textPosition + 2] & 0xFF];
    int d = VALUES[text[textPosition + 3] & 0xFF];
    textPosition += 4;
    window[limit++] = (byte) (a << 2 | b >> 4);
    if (c != NOT_BASE64) {
      window[limit++] = (byte) (b << 4 | c >> 2);
    }
    if (d != NOT_BASE64) {
      window[limit++] = (byte) (c << 6 | d);
    }
  }

  private static byte[] values() {
    byte[] values = new byte[256];
    Arrays.fill(values, NOT_BASE64);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < alphabet.length(); i++) {
      values[alphabet.charAt(i)] = (byte) i;
    }
    return values;
  }
}
