// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

/** The part a process plays, which decides the metrics it serves. */
public enum Role {
  COORDINATOR,
  WORKER
}
