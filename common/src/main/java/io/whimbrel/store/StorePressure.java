// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/**
 * How a store bears a run, for gauges.
 *
 * @param logBytes size of the write-ahead log that the run lets grow; 0 where others look after it
 * @param writerWaitNanos how long this process's writes have waited for other processes, in all
 * @param othersWrite whether somebody else has written lately
 */
public record StorePressure(long logBytes, long writerWaitNanos, boolean othersWrite) {

  public static final StorePressure NONE = new StorePressure(0, 0, false);
}
