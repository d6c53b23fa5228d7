// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.WorkerLedger.Lease;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * Who is believed alive: by the lease in the ledger and, for a process of this host, by the system,
 * which knows at once.
 */
record Liveness(Store store, Ledger ledger, String host) {

  /** The lease of a migration's coordinator, live or not. */
  Optional<Lease> leader(Migration migration) throws SQLException {
    String id = migration.coordinatorId();
    return id == null
        ? Optional.empty()
        : store.read(connection -> ledger.workers().find(connection, id));
  }

  boolean isLed(Migration migration) throws SQLException {
    Optional<Lease> lease = leader(migration);
    return lease.isPresent() && isLive(lease.get());
  }

  boolean isLive(Lease lease) {
    return !lease.expired() && !isDeadHere(lease);
  }

  // A process of this host needs no waiting for: the system knows whether it lives.
  boolean isDeadHere(Lease lease) {
    if (!lease.host().equals(host)) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(lease.processId());
    return process.isEmpty()
        || process
                .get()
                .info()
                .startInstant()
                .map(Instant::toEpochMilli)
                .orElse(lease.processStartedMillis())
            != lease.processStartedMillis();
  }
}
