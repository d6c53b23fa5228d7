// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

/** An invariant of the protocol does not hold. No actor catches this. */
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Violation(String message) {
    super(message);
  }

  Violation(String message, Throwable cause) {
    super(message, cause);
  }
}
