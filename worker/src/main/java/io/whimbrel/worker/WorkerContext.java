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

  /** Tests shorten it by a system property: nothing but time depends on it. */
  public static final Duration LEASE_TERM_DEFAULT =
      Duration.ofMillis(Long.getLong("whimbrel.lease.worker.millis", 30_000));
}
