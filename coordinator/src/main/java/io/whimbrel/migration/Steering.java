// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

/** What people ask of a running migration, from another thread or process. */
public final class Steering {

  private volatile boolean cancelled;
  private volatile boolean stopped;

  /** Asks for everything to be undone. */
  public void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Asks the process to leave; the migration stays as it is and can be continued. */
  public void stop() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped;
  }
}
