// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Hands out the snapshot of a walk while the walk lasts, and new ones after it. */
final class WalkSnapshots implements Snapshots, AutoCloseable {

  private final Snapshots after;
  private volatile @Nullable Snapshot current;

  WalkSnapshots(Snapshot current, Snapshots after) {
    this.current = current;
    this.after = after;
  }

  @Override
  public <T extends @Nullable Object> T run(Work<T> work) {
    Snapshot snapshot = current;
    if (snapshot == null) {
      return after.run(work);
    }
    try {
      return work.run(snapshot);
    } catch (SQLException e) {
      throw new MemoryReadException("reading memories: " + e.getMessage(), e);
    }
  }

  @Override
  public <T extends @Nullable Object> T query(Work<T> work) {
    return current == null ? after.query(work) : run(work);
  }

  @Override
  public void close() {
    current = null;
  }
}
