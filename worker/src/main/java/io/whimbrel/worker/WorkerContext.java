// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.grid.Grid;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.store.Store;
import java.time.Clock;
import java.time.Duration;

/**
 * What a worker works with. All parts are shared by its threads.
 *
 * @param leaseTerm how long a lease lasts without renewal
 */
public record WorkerContext(
    Store store,
    Ledger ledger,
    Grid grid,
    WhimbrelMetrics metrics,
    Clock clock,
    String workerId,
    String host,
    int threads,
    long migrationId,
    MigrationSettings settings,
    Duration leaseTerm) {

  /** Tests, which have no time to wait, set the system property; nobody else has a reason to. */
  public static final Duration LEASE_TERM_DEFAULT =
      Duration.ofSeconds(Long.getLong("whimbrel.lease.worker-seconds", 30));
}
