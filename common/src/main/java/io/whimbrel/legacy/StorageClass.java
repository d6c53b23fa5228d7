// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

/** The storage class of a stored content. */
public enum StorageClass {
  NULL,
  TEXT,
  BLOB,
  INTEGER,
  REAL
}
