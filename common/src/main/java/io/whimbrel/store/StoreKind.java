// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/** The databases a store can live in. */
public enum StoreKind {
  SQLITE,
  POSTGRESQL
}
