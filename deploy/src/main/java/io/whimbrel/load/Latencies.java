// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.util.Arrays;
import java.util.Collection;

/**
 * Latencies of operations, all of them kept, so that every percentile is exact.
 *
 * @param sortedMicros ascending
 */
record Latencies(long[] sortedMicros) {

  static Latencies of(Collection<LoggedOperation> operations) {
    long[] micros = operations.stream().mapToLong(LoggedOperation::latencyMicros).toArray();
    Arrays.sort(micros);
    return new Latencies(micros);
  }

  /** The smallest latency that this share of all does not exceed, in milliseconds; 0 for none. */
  double millis(double share) {
    if (sortedMicros.length == 0) {
      return 0;
    }
    int place = (int) Math.ceil(share * sortedMicros.length) - 1;
    return sortedMicros[Math.max(0, place)] / 1_000.0;
  }

  double millisMax() {
    return millis(1);
  }
}
