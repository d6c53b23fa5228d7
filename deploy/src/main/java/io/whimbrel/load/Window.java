// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

/**
 * A stretch of the trial, in microseconds since the epoch.
 *
 * @param toMicros exclusive
 */
record Window(String name, long fromMicros, long toMicros) {

  double seconds() {
    return (toMicros - fromMicros) / 1e6;
  }

  /** Whether the operation was due or under way in it. */
  boolean meets(LoggedOperation operation) {
    return operation.intendedMicros() < toMicros && operation.endMicros() >= fromMicros;
  }

  /** Whether the operation was due in it: each operation is due in one window only. */
  boolean holds(LoggedOperation operation) {
    return operation.intendedMicros() >= fromMicros && operation.intendedMicros() < toMicros;
  }
}
