// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

/** How a memory that changed after a cut-over enters the legacy table again. */
enum CarriedRow {
  /** Nothing about it differs: its legacy row stays. */
  SAME,
  /** Its text is unchanged: with the content bytes that its legacy row has. */
  KEPT,
  /** Its content goes in as it stands inline. */
  INLINE,
  /** With the text that its pointer leads to. */
  TEXT
}
