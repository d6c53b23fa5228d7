// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import io.whimbrel.store.Store;

/** The ledger of one store: its schema and the six things it keeps. */
public record Ledger(
    LedgerSchema schema,
    MigrationLedger migrations,
    RangeLedger ranges,
    RangeHistory history,
    DeltaLedger deltas,
    FailureLedger failures,
    WorkerLedger workers) {

  public static Ledger of(Store store) {
    return new Ledger(
        new LedgerSchema(store.dialect(), store.qualifier()),
        new MigrationLedger(store.dialect(), store.qualifier()),
        new RangeLedger(store.dialect(), store.qualifier()),
        new RangeHistory(store.qualifier()),
        new DeltaLedger(store.dialect(), store.qualifier()),
        new FailureLedger(store.qualifier()),
        new WorkerLedger(store.dialect(), store.qualifier()));
  }
}
