// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.time.Clock;
import java.time.temporal.ChronoUnit;

/**
 * Times in microseconds since the epoch, never running backwards within a process, and near enough
 * the same in all processes of a machine.
 */
final class Moment {

  private final long epochMicros;
  private final long startNanos;

  Moment(Clock clock) {
    epochMicros = ChronoUnit.MICROS.between(java.time.Instant.EPOCH, clock.instant());
    startNanos = System.nanoTime();
  }

  long micros() {
    return epochMicros + (System.nanoTime() - startNanos) / 1_000;
  }
}
