// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

/**
 * The database has been out of reach for longer than it is waited for, so that not even a pause can
 * be recorded; nothing is half done, and the migration can be continued.
 */
public final class StoreAwayException extends RuntimeException {
  public StoreAwayException(String message, Throwable cause) {
    super(message, cause);
  }
}
