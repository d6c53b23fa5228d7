// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

/** How a migration reaches the new format. */
public enum MigrationKind {
  /** A copy beside the legacy table, then a swap. */
  SHADOW_COPY,
  /** Inline rows of a table in the new format are packed where they are; there is no swap. */
  IN_PLACE
}
