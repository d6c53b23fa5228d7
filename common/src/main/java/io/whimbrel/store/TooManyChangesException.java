// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/** The change log held more under the lock than is carried there; nothing has changed. */
public final class TooManyChangesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TooManyChangesException(String message) {
    super(message);
  }
}
