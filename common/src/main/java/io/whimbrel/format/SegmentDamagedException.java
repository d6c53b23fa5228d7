// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

/** A segment does not hold what it should. */
public final class SegmentDamagedException extends RuntimeException {
  public SegmentDamagedException(String message) {
    super(message);
  }

  public SegmentDamagedException(String message, Throwable cause) {
    super(message, cause);
  }
}
