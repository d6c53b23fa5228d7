// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.Inspection;
import io.whimbrel.store.StoreInspector;
import io.whimbrel.store.StoreSizes;

/** Follows. */
record PostgresInspector(PostgresStore store) implements StoreInspector {
  @Override
  public Inspection inspect() {
    throw new UnsupportedOperationException();
  }

  @Override
  public StoreSizes sizes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String fingerprint() {
    throw new UnsupportedOperationException();
  }
}
