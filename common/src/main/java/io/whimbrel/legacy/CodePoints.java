// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

/** Lengths as the old applications count them: in code points. */
public final class CodePoints {

  private CodePoints() {}

  /** The code points of a UTF-8 text: its bytes that do not continue another. */
  public static long count(byte[] utf8) {
    int continuations = 0;
    for (byte b : utf8) {
      // Continuation bytes are 0x80 to 0xBF, which as signed bytes are all below -64.
      if (b < -64) {
        continuations++;
      }
    }
    return utf8.length - (long) continuations;
  }
}
