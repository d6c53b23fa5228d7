// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Tells whether bytes are UTF-8, without holding the text a second time. Not thread-safe. */
final class Utf8 {

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final CharBuffer window = CharBuffer.allocate(4096);

  boolean isWellFormed(byte[] bytes) {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    decoder.reset();
    CoderResult result;
    do {
      window.clear();
      result = decoder.decode(rest, window, true);
    } while (result.isOverflow());
    return !result.isError();
  }
}
