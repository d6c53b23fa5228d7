// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.StoreBackup;
import java.nio.file.Path;

/** Follows. */
record PostgresBackup(PostgresStore store) implements StoreBackup {
  @Override
  public void checkPossible() {
    throw new UnsupportedOperationException();
  }

  @Override
  public BackupResult take(Path directory, String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BackupResult verify(Path backup) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void restore(Path backup) {
    throw new UnsupportedOperationException();
  }
}
