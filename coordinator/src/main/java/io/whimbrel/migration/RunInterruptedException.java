// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

/** The process was asked to leave; the migration can be continued by the same command. */
public final class RunInterruptedException extends RuntimeException {
  public RunInterruptedException(String message) {
    super(message);
  }
}
