// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/** The key types a range can be cut over; each has an exact text form. */
public enum KeyType {
  INTEGER,
  TEXT,
  UUID
}
