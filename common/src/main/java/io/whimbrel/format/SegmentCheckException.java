// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import org.jspecify.annotations.Nullable;

/**
 * A segment just compressed does not decompress to what went in. Memory, library or machine are at
 * fault, never the data, so nothing that this process writes can be trusted.
 */
public final class SegmentCheckException extends RuntimeException {

  SegmentCheckException(String message) {
    super(message);
  }

  SegmentCheckException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
