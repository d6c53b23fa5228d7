// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text forms of keys that are not texts themselves. */
final class Keys {

  private static final Pattern UUID =
      Pattern.compile("\\p{XDigit}{8}(-?\\p{XDigit}{4}){3}-?\\p{XDigit}{12}");

  private Keys() {}

  /** The number, or null when the text is none that a key column can hold. */
  static @Nullable Long number(String key) {
    try {
      return Long.valueOf(key);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  static boolean isUuid(String key) {
    return UUID.matcher(key).matches();
  }
}
