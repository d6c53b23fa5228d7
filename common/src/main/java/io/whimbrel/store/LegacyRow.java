// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import io.whimbrel.legacy.StoredContent;

/** A row as read: what is decoded, and what is carried without being looked at. */
public interface LegacyRow {

  String key();

  StoredContent content();

  /**
   * The carried columns in the adapter's own form; empty where the database carries them itself.
   */
  byte[] carriedImage();

  /** Content and flag exactly as stored, in the adapter's own form, for a row that stays inline. */
  byte[] inlineImage();
}
