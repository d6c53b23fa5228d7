// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the write transactions of a store begin with while a thread does guarded work. Definitions
 * of tables and triggers are changed by several transactions; a process that slept between two of
 * them must not go on when another has taken its place. Thread-safe.
 */
public final class WriteGuard {

  /** Work that opens its transactions itself. */
  @FunctionalInterface
  public interface Work {
    void run() throws SQLException;
  }

  private record Guarded(Thread thread, SqlAction guard) {}

  private final AtomicReference<@Nullable Guarded> current = new AtomicReference<>();

  /**
   * Runs the work under a guard, on this thread; other threads write as before.
   *
   * @throws IllegalStateException when some thread does guarded work already
   */
  public void run(SqlAction guard, Work work) throws SQLException {
    if (!current.compareAndSet(null, new Guarded(Thread.currentThread(), guard))) {
      throw new IllegalStateException("guarded work goes on already");
    }
    try {
      work.run();
    } finally {
      current.set(null);
    }
  }

  /** To be called first in each write transaction. */
  public void check(Connection connection) throws SQLException {
    Guarded guarded = current.get();
    if (guarded != null && guarded.thread() == Thread.currentThread()) {
      guarded.guard().run(connection);
    }
  }
}
