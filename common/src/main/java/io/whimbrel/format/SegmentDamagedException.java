// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import org.jspecify.annotations.Nullable;

/** A stored segment, or a pointer into it, does not hold what it should. */
public final class SegmentDamagedException extends RuntimeException {

  SegmentDamagedException(String message) {
    super(message);
  }

  SegmentDamagedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
