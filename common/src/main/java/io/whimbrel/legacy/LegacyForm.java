// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

/** The form in which an old application stored a content. */
public enum LegacyForm {
  /** The text itself. */
  PLAIN,
  /** Base64 of a zlib stream. */
  ZLIB,
  /** Base64 of a gzip stream. */
  GZIP,
  /** Pieces in chunk rows, each plain, zlib or gzip. */
  CHUNKED
}
