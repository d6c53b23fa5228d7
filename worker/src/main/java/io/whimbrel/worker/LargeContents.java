// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import java.util.concurrent.Semaphore;

/**
 * Lets one thread of a process at a time hold a large content, from before it is loaded until it is
 * committed, so that memory does not grow with the number of threads.
 */
final class LargeContents {

  /** Contents from this many stored bytes on are large. */
  static final long BYTES = 8L << 20;

  private final Semaphore permit = new Semaphore(1, true);

  /** What one thread holds while it works on a range. */
  final class Hold implements AutoCloseable {
    private boolean held;

    /** Waits its turn if the content is large and the thread has no turn yet. */
    void beforeLoading(long contentBytes) {
      if (!held && contentBytes >= BYTES) {
        permit.acquireUninterruptibly();
        held = true;
      }
    }

    @Override
    public void close() {
      if (held) {
        held = false;
        permit.release();
      }
    }
  }
}
