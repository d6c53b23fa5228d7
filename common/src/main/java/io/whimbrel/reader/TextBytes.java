// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Tells text from bytes that only claim to be text. */
final class TextBytes {

  private static final int WINDOW_CHARS = 4096;

  private TextBytes() {}

  /** Whether the bytes are well-formed UTF-8; looks through a small window, never at a copy. */
  static boolean isUtf8(byte[] bytes) {
    int ascii = 0;
    while (ascii < bytes.length && bytes[ascii] >= 0) {
      ascii++;
    }
    if (ascii == bytes.length) {
      return true;
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer window = CharBuffer.allocate(WINDOW_CHARS);
    ByteBuffer rest = ByteBuffer.wrap(bytes, ascii, bytes.length - ascii);
    CoderResult result;
    do {
      window.clear();
      result = decoder.decode(rest, window, true);
    } while (result.isOverflow());
    return !result.isError();
  }
}
