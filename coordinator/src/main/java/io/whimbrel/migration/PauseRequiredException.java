// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

/** Something outside of Whimbrel has to be mended before the migration can go on. */
final class PauseRequiredException extends RuntimeException {
  PauseRequiredException(String reason) {
    super(reason);
  }

  PauseRequiredException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
