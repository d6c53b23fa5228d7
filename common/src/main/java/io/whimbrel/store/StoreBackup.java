// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** The second line: a copy of the whole store outside it. The first line is the legacy table. */
public interface StoreBackup {

  /**
   * A finished backup.
   *
   * @param location a file (SQLite) or a directory (PostgreSQL)
   * @param check what was verified, in a sentence
   */
  record BackupResult(Path location, long sizeBytes, String check) {}

  /**
   * Fails early when a backup cannot be taken here, with the ways out.
   *
   * @throws StoreRefusedException when the tools are missing or do not fit the server
   */
  void checkPossible() throws SQLException;

  /** Takes a backup into the directory and verifies it; files are readable by their owner only. */
  BackupResult take(Path directory, String name) throws SQLException, IOException;

  /** Verifies a backup that exists; throws {@link StoreRefusedException} when it is damaged. */
  BackupResult verify(Path backup) throws SQLException, IOException;

  /** Restores a verified backup into this store, replacing what is there. */
  void restore(Path backup) throws SQLException, IOException;

  /**
   * Names the present place in the database's log.
   *
   * @return the place
   * @throws StoreRefusedException where there is no such thing
   */
  default String restorePoint(String name) throws SQLException {
    throw new StoreRefusedException("a restore point needs PostgreSQL: use --backup auto or none");
  }
}
