// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

/** The type a value has in its row, which in SQLite need not be the column's. */
public enum StorageClass {
  /** SQL NULL. */
  NULL,
  /** Character data; every character type of PostgreSQL counts as this. */
  TEXT,
  /** Bytes. */
  BLOB,
  /** A whole number. */
  INTEGER,
  /** A floating-point number. */
  REAL
}
