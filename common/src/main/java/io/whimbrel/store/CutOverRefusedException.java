// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/** A check under the lock of a swap failed; nothing was changed. The message says which. */
public final class CutOverRefusedException extends RuntimeException {
  public CutOverRefusedException(String message) {
    super(message);
  }

  public CutOverRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
