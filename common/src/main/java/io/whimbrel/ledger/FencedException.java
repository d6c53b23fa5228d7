// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

/**
 * A guarded write hit no row: someone else owns the range or leads the migration now. The
 * transaction must be rolled back; the work is not lost, another owner does it.
 */
public final class FencedException extends RuntimeException {
  public FencedException(String message) {
    super(message);
  }
}
