// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

/** What must not be met in a store. */
public enum Fault {
  /** A row that must be there is not. */
  LOST,
  /** A row is there that was deleted, or that nobody has written. */
  RESURRECTED,
  /** What was written as one row is there twice. */
  DOUBLED,
  /** A row is there and says something else, such as what it said before. */
  ALTERED,
  /** A row is there and its content cannot be read. */
  UNREADABLE
}
