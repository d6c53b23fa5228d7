// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

/** How the renewal of a worker's lease ended. */
public enum RenewalOutcome {
  RENEWED,
  /** The lease had ended before the renewal came: the worker's ranges may be taken by others. */
  LOST
}
