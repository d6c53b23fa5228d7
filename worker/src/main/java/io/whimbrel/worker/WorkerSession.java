// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.store.StoreSession;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread's connections, opened when they are needed and thrown away after an error. */
final class WorkerSession implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerSession.class);

  private final WorkerContext context;
  private @Nullable StoreSession session;

  WorkerSession(WorkerContext context) {
    this.context = context;
  }

  StoreSession get() throws SQLException {
    if (session == null) {
      session = context.store().openSession(context.migrationId());
    }
    return session;
  }

  /** After an error the connections may be in any state: new ones are cheaper than guessing. */
  @Override
  public void close() {
    if (session != null) {
      try {
        session.close();
      } catch (RuntimeException e) {
        LOG.debug("closing a broken session", e);
      }
      session = null;
    }
  }
}
