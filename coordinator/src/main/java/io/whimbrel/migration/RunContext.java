// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.grid.Grid;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.progress.ProgressDisplay;
import io.whimbrel.store.Store;
import java.time.Clock;

/** What a run works with. */
public record RunContext(
    Store store,
    Ledger ledger,
    Grid grid,
    WhimbrelMetrics metrics,
    ProgressDisplay progress,
    Clock clock,
    String host) {}
