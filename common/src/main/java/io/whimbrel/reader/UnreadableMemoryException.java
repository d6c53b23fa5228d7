// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import org.jspecify.annotations.Nullable;

/**
 * A memory's content cannot be had from the store: its segment or dictionary is missing or damaged,
 * also on a second look at the row.
 */
public final class UnreadableMemoryException extends RuntimeException {

  private final String key;

  public UnreadableMemoryException(String key, String reason, @Nullable Throwable cause) {
    super("memory " + key + " cannot be read: " + reason, cause);
    this.key = key;
  }

  /** The key of the memory. */
  public String key() {
    return key;
  }
}
