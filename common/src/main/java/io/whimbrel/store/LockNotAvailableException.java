// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/** The locks of a swap were not had within their budget; everything was released. */
public final class LockNotAvailableException extends RuntimeException {
  public LockNotAvailableException(String message) {
    super(message);
  }

  public LockNotAvailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
