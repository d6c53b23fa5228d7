// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.migration.MigrateOptions.BackupMode;
import io.whimbrel.report.HumanUnits;
import io.whimbrel.store.Inspection;
import io.whimbrel.store.StoreKind;
import io.whimbrel.store.StoreRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The disk that a migration needs. A backup counts only when one is taken; on PostgreSQL its size
 * is not known before, so that it is counted where the store is, and not checked elsewhere.
 */
public final class DiskRoom {

  private final Inspection found;
  private final boolean withBackup;
  private final Path backupDir;

  public DiskRoom(Inspection found, MigrateOptions options) {
    this.found = found;
    this.withBackup = options.backup() == BackupMode.AUTO;
    this.backupDir = options.backupDir();
  }

  /** An upper estimate of the bytes needed on the store's volume. */
  public long besideStoreBytes() {
    return found.diskNeededBytes()
        + (withBackup && !isElsewhere() ? found.sizes().wholeStore() : 0);
  }

  /**
   * Looks for the room.
   *
   * @throws StoreRefusedException when a volume that can be seen has less
   */
  public void require(StoreKind kind) {
    long free = found.diskFreeBytes();
    if (free >= 0) {
      require("beside the store", besideStoreBytes(), free);
    }
    if (kind == StoreKind.SQLITE && withBackup && isElsewhere()) {
      require(
          "for the backup in " + backupDir,
          found.sizes().wholeStore(),
          usableBytes(volume(backupDir)));
    }
  }

  private static void require(String where, long needed, long free) {
    if (free < needed) {
      throw new StoreRefusedException(
          String.format(
              Locale.ROOT,
              "not enough free disk: up to %s are needed %s, %s are free",
              HumanUnits.bytes(needed),
              where,
              HumanUnits.bytes(free)));
    }
  }

  private boolean isElsewhere() {
    Path store = found.directory();
    return store != null && !volume(store).equals(volume(backupDir));
  }

  // The directory of backups is made with the first of them.
  private static FileStore volume(Path path) {
    Path existing = path.toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    try {
      return Files.getFileStore(existing);
    } catch (IOException e) {
      throw new UncheckedIOException("looking for the volume of " + path, e);
    }
  }

  private static long usableBytes(FileStore volume) {
    try {
      return volume.getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException("asking for free space on " + volume.name(), e);
    }
  }
}
