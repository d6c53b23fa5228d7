// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

/** The form in which one legacy memory is stored. */
public enum DemoForm {
  /** The text itself; flag 0. */
  PLAIN,
  /** The text as a zlib stream in base64; flag 1. */
  ZLIB,
  /** The text as a gzip file in base64; flag 1. */
  GZIP,
  /** Content empty, flag 1, the text in {@code memory_chunks}. */
  CHUNKED,
  /** The first 100 characters of a zlib base64 text; flag 1. Nothing can be read from it. */
  CUT_BASE64,
  /** Plain text with flag 1: an unpacked memory was written back. */
  WRONG_FLAG,
  /** The first 100 characters of a plain text; flag 0, the size still that of the whole. */
  CUT_TEXT,
  /** Chunks beyond the application's limit were dropped; hash and size are those of the whole. */
  CUT_CHUNKS,
  /** Content empty, flag 0, no chunks, but a size: the create stopped between its two commits. */
  INTERRUPTED_CREATE;

  /** Whether the legacy application left this memory other than it was given. */
  public boolean isDamaged() {
    return switch (this) {
      case PLAIN, ZLIB, GZIP, CHUNKED -> false;
      case CUT_BASE64, WRONG_FLAG, CUT_TEXT, CUT_CHUNKS, INTERRUPTED_CREATE -> true;
    };
  }

  /** Whether a text can be read from it, be it only a part of the original. */
  public boolean isDecodable() {
    return this != CUT_BASE64;
  }
}
