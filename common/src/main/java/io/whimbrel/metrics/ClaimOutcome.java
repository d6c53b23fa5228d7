// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

/** How a worker's attempt to claim a range ended. */
public enum ClaimOutcome {
  WON,
  /** Another worker was first, or the range was committed already. */
  LOST
}
