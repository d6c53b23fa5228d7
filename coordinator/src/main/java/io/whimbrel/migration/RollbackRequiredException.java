// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

/** The run must be undone everywhere; the message is the reason. */
final class RollbackRequiredException extends RuntimeException {
  RollbackRequiredException(String reason) {
    super(reason);
  }
}
