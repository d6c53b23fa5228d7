// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

/** Where writers stand still between two operations while the gate is closed. Thread-safe. */
final class Gate {

  private final int writers;
  private boolean closed;
  private boolean stopped;
  private int waiting;
  private int gone;

  Gate(int writers) {
    this.writers = writers;
  }

  /**
   * Waits while the gate is closed.
   *
   * @return how long, in nanoseconds; negative when it is time to stop
   */
  synchronized long pass() throws InterruptedException {
    long start = System.nanoTime();
    if (closed && !stopped) {
      waiting++;
      notifyAll();
      while (closed && !stopped) {
        wait();
      }
      waiting--;
      return stopped ? -1 : System.nanoTime() - start;
    }
    return stopped ? -1 : 0;
  }

  /** Closes the gate; returns when every writer stands at it, or is gone. */
  synchronized void close() throws InterruptedException {
    closed = true;
    while (waiting + gone < writers && !stopped) {
      wait();
    }
  }

  synchronized void open() {
    closed = false;
    notifyAll();
  }

  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  /** A writer has ended. */
  synchronized void leave() {
    gone++;
    notifyAll();
  }
}
