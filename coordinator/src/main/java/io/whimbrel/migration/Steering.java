// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

/** What this process is asked from another thread, such as a signal's. */
public final class Steering {

  private volatile boolean stopped;

  /** Asks the process to leave; the migration stays as it is and can be continued. */
  public void stop() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped;
  }
}
