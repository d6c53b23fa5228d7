// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.ledger.FencedException;
import io.whimbrel.metrics.CutOverOutcome;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.ShadowTable.LedgerStep;
import io.whimbrel.store.TooManyChangesException;
import java.sql.SQLException;
import java.time.Duration;

/** One attempt to cut over, counted by how it ended; what it throws is the store's. */
final class CountedCutOver {

  private final RunContext context;

  CountedCutOver(RunContext context) {
    this.context = context;
  }

  void run(long migrationId, String fingerprint, Duration lockTimeout, LedgerStep step)
      throws SQLException {
    try {
      context
          .store()
          .shadowTable()
          .cutOver(migrationId, fingerprint, Drainer.CARRIED_KEYS_MAX, lockTimeout, step);
      context.metrics().cutOver(CutOverOutcome.DONE);
    } catch (LockNotAvailableException e) {
      context.metrics().cutOver(CutOverOutcome.LOCKED);
      throw e;
    } catch (TooManyChangesException e) {
      context.metrics().cutOver(CutOverOutcome.BUSY);
      throw e;
    } catch (CutOverRefusedException | FencedException e) {
      context.metrics().cutOver(CutOverOutcome.REFUSED);
      throw e;
    }
  }
}
