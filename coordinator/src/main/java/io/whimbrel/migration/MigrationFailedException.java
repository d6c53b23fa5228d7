// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

/** The migration cannot go on by itself. The message says what state the store is in. */
public final class MigrationFailedException extends RuntimeException {
  public MigrationFailedException(String message) {
    super(message);
  }

  public MigrationFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
