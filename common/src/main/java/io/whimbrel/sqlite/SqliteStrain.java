// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.metrics.ThrottleReason;
import io.whimbrel.store.Strain;
import java.util.ArrayList;
import java.util.List;

/** Signs that a file suffers: a log that cannot be emptied, and a write lock held by others. */
final class SqliteStrain {

  private final WriterManners manners;
  private final WalKeeper wal;
  private long waitedAtLook;
  private long lookedAt = System.nanoTime();

  SqliteStrain(WriterManners manners, WalKeeper wal) {
    this.manners = manners;
    this.wal = wal;
  }

  /** What is to be seen now, and has happened since the last look. */
  List<Strain> look() {
    List<Strain> signs = new ArrayList<>();
    long logBytes = wal.bytes();
    if (logBytes > WalKeeper.BYTES_MAX) {
      signs.add(
          new Strain(
              ThrottleReason.WAL_SIZE,
              "the write-ahead log has " + (logBytes >> 20) + " MiB, over 64 MiB"));
    }
    long now = System.nanoTime();
    long waited = manners.waitedNanos();
    if (waited - waitedAtLook > (now - lookedAt) / 2) {
      signs.add(
          new Strain(
              ThrottleReason.WRITER_WAIT, "others hold the file's write lock half of the time"));
    }
    waitedAtLook = waited;
    lookedAt = now;
    return signs;
  }
}
