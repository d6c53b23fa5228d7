// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.RangeLedger.StaleClaim;
import io.whimbrel.store.BackendId;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes ranges from workers whose lease has run out, and ends the server processes behind them. */
final class Reaper {

  private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);

  private final Store store;
  private final Ledger ledger;

  Reaper(Store store, Ledger ledger) {
    this.store = store;
    this.ledger = ledger;
  }

  void reap(long migrationId) throws SQLException {
    List<StaleClaim> stale =
        store.read(connection -> ledger.ranges().staleClaims(connection, migrationId));
    for (StaleClaim claim : stale) {
      // First the backend: a client frozen inside COPY would hold its row locks against the update.
      terminate(claim.backend());
      boolean taken = store.write(connection -> ledger.ranges().reap(connection, claim));
      LOG.warn(
          "lease ran out: range={} attempt={} worker={} taken={}",
          claim.rangeId(),
          claim.attempt(),
          claim.workerId(),
          taken);
    }
  }

  /** Ends every server process that holds a claim. */
  void terminateAll(long migrationId) throws SQLException {
    for (BackendId backend :
        store.read(connection -> ledger.ranges().claimingBackends(connection, migrationId))) {
      terminate(backend);
    }
  }

  private void terminate(BackendId backend) throws SQLException {
    if (!backend.equals(BackendId.NONE)) {
      store.terminate(backend);
    }
  }
}
