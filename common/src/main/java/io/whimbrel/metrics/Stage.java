// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

/** The steps of a range, in the order a worker takes them. */
public enum Stage {
  READ,
  DECODE,
  COMPRESS,
  CHECK,
  WRITE,
  COMMIT
}
