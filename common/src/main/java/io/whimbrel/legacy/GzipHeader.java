// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import java.util.zip.CRC32;

/** The header of a gzip member (RFC 1952), read and thrown away. */
final class GzipHeader {

  /** How the header ended. */
  enum Outcome {
    READ,
    CUT,
    CORRUPT
  }

  private static final int FLAG_HEADER_CRC = 1 << 1;
  private static final int FLAG_EXTRA = 1 << 2;
  private static final int FLAG_NAME = 1 << 3;
  private static final int FLAG_COMMENT = 1 << 4;
  private static final int FLAGS_RESERVED = 0xE0;
  private static final int METHOD_DEFLATE = 8;

  private final Base64Source source;
  private final CRC32 headerSum = new CRC32();
  private boolean isCut;

  private GzipHeader(Base64Source source) {
    this.source = source;
  }

  static Outcome read(Base64Source source) {
    GzipHeader header = new GzipHeader(source);
    boolean isSound = header.isSound();
    if (header.isCut) {
      return Outcome.CUT;
    }
    return isSound ? Outcome.READ : Outcome.CORRUPT;
  }

  private boolean isSound() {
    if (next() != 0x1F || next() != 0x8B || next() != METHOD_DEFLATE) {
      return false;
    }
    int flags = next();
    // Time (4 bytes), compression hint and operating system say nothing about the text.
    skip(6);
    if ((flags & FLAGS_RESERVED) != 0) {
      return false;
    }
    if ((flags & FLAG_EXTRA) != 0) {
      skip(next() | next() << 8);
    }
    if ((flags & FLAG_NAME) != 0) {
      skipZeroTerminated();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipZeroTerminated();
    }
    if ((flags & FLAG_HEADER_CRC) != 0) {
      int expected = (int) headerSum.getValue() & 0xFFFF;
      return (next() | next() << 8) == expected;
    }
    return true;
  }

  private int next() {
    int value = source.next();
    if (value < 0) {
      isCut = true;
      return 0;
    }
    headerSum.update(value);
    return value;
  }

  private void skip(int count) {
    for (int i = 0; i < count && !isCut; i++) {
      next();
    }
  }

  private void skipZeroTerminated() {
    int value;
    do {
      // After a cut, next() gives 0: the loop ends.
      value = next();
    } while (value != 0);
  }
}
