// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.legacy.LegacyForm;

/** How a memory's content is stored. */
public enum ContentForm {
  /** In a segment. */
  PACKED,
  /** As plain text in the row. */
  INLINE,
  /** In the row, as base64 of a zlib stream. */
  ZLIB,
  /** In the row, as base64 of a gzip stream. */
  GZIP,
  /** In rows of the chunks table. */
  CHUNKED,
  /** In the row, in a form that cannot be decoded; the content is the stored value as it is. */
  QUARANTINED,
  /** Nowhere: the content is SQL NULL. */
  ABSENT;

  static ContentForm of(LegacyForm form) {
    return switch (form) {
      case PLAIN -> INLINE;
      case ZLIB -> ZLIB;
      case GZIP -> GZIP;
      case CHUNKED -> CHUNKED;
    };
  }
}
