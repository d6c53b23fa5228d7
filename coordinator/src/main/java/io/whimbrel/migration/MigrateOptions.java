// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.ledger.MigrationSettings;
import java.nio.file.Path;

/**
 * What `migrate` was asked to do, beside the settings that the ledger keeps.
 *
 * @param postponeCutOver whether the swap waits for a person's word
 * @param workers worker threads in this process; 0 leaves the work to other processes
 */
public record MigrateOptions(
    MigrationSettings settings,
    int workers,
    boolean postponeCutOver,
    BackupMode backup,
    Path backupDir,
    Path reportDir) {

  /** How the store is backed up. */
  public enum BackupMode {
    /** The database's own tool. */
    AUTO,
    /** None: the legacy table is the only way back. */
    NONE,
    /** A named restore point in PostgreSQL's log, for those who archive it. */
    RESTORE_POINT
  }
}
