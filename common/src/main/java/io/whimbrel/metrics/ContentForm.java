// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

/** In which form content is measured. */
public enum ContentForm {
  /** As the old application stored it. */
  STORED,
  /** As UTF-8 text. */
  TEXT,
  /** As frames of segments. */
  COMPRESSED
}
