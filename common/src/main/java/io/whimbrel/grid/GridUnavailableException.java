// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

/**
 * The grid is out of reach, closed or does not answer in time. Never a reason to stop: the caller
 * goes on from the ledger.
 */
public final class GridUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public GridUnavailableException(String message) {
    super(message);
  }

  public GridUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
