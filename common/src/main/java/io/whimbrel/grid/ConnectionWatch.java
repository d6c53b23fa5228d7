// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleListener;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a client is connected. Only for waiting at the start and for showing; no decision hangs
 * on it.
 */
final class ConnectionWatch implements LifecycleListener {
  private static final Logger log = LoggerFactory.getLogger(ConnectionWatch.class);

  private final CountDownLatch first = new CountDownLatch(1);
  private volatile boolean connected;
  private volatile boolean leaving;

  @Override
  public void stateChanged(LifecycleEvent event) {
    switch (event.getState()) {
      case CLIENT_CONNECTED -> {
        connected = true;
        if (first.getCount() == 0) {
          log.info("grid connected again");
        }
        first.countDown();
      }
      case CLIENT_DISCONNECTED -> {
        connected = false;
        if (!leaving) {
          log.warn("grid lost; going on from the ledger");
        }
      }
      case SHUTTING_DOWN -> leaving = true;
      default -> {}
    }
  }

  boolean connected() {
    return connected;
  }

  /** Waits for the first connection; an interrupt ends the wait and stays set. */
  boolean awaitFirst(Duration timeout) {
    try {
      return first.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
