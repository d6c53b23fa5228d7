// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/**
 * The store, or the command given for it, cannot be served, and nothing was touched. The message
 * says what is wrong and what to do, in one line.
 */
public final class StoreRefusedException extends RuntimeException {
  public StoreRefusedException(String message) {
    super(message);
  }

  public StoreRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
