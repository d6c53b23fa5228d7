// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import io.whimbrel.store.Store;
import java.sql.Connection;
import java.sql.SQLException;

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

  /** Lets blocked ranges be tried again; what was said of their rows is then said anew. */
  public void unblock(Connection connection, long migrationId) throws SQLException {
    ranges.unblock(connection, migrationId);
    failures.forgetBlocked(connection, migrationId);
  }
}
