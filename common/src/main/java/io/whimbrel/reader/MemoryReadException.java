// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

/** The database failed while memories were read; the cause is its own error. */
public final class MemoryReadException extends RuntimeException {
  public MemoryReadException(String message, Throwable cause) {
    super(message, cause);
  }
}
