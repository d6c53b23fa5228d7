// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.keyrange;

import org.jspecify.annotations.Nullable;

/**
 * The keys above {@code lower} and up to and including {@code upper}, in the database's own order.
 *
 * @param lower the text form of the key just below the range; null means from the first key
 * @param upper the text form of the last key in the range
 */
public record KeyRange(@Nullable String lower, String upper) {
  @Override
  public String toString() {
    return "(" + (lower == null ? "start" : lower) + ", " + upper + "]";
  }
}
