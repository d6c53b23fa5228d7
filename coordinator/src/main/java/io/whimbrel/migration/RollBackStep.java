// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.grid.GridUnavailableException;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Undoes a migration that was not cut over: first no worker can commit any more, then all goes. */
final class RollBackStep {

  private static final Logger LOG = LoggerFactory.getLogger(RollBackStep.class);

  private final RunContext context;
  private final Leadership lead;
  private final Facts facts;

  RollBackStep(RunContext context, Leadership lead, Facts facts) {
    this.context = context;
    this.lead = lead;
    this.facts = facts;
  }

  void run(Migration migration) throws SQLException {
    Store store = context.store();
    takeAllRanges();
    FaultPoint.IN_ROLLBACK.hit();
    try {
      context.grid().clearHints();
    } catch (GridUnavailableException e) {
      LOG.debug("grid out of reach: old hints are harmless", e);
    }
    if (migration.kind() == MigrationKind.IN_PLACE) {
      store.shadowTable().unpackInPlace(migration.migrationId());
    } else {
      prove(migration);
      store.capture().remove();
      store.shadowTable().drop(migration.migrationId());
    }
  }

  // Once: after a crash the copy may be half gone, and there is nothing to compare with.
  private void prove(Migration migration) throws SQLException {
    String fingerprint = migration.fingerprint();
    if (facts.rollbackProof != null || fingerprint == null) {
      return;
    }
    if (fingerprint.equals(context.store().inspector().fingerprint())) {
      context.progress().message("comparing the store with what was copied of it");
      facts.rollbackProof = new RollbackProof(context, lead.migrationId()).run(migration);
    } else {
      // A copy that lacks a column, or has one too many, cannot be compared, and still must go.
      facts.rollbackProof =
          "the application altered the table meanwhile, so it was not compared with its copy";
    }
    facts.save(context, lead);
    context.progress().message(facts.rollbackProof);
  }

  // After this no commit of any worker can succeed: its range is gone. The backends go first, since
  // a client frozen inside COPY would hold its row against us; and once more while any range is
  // open, since a commit under way may just have added the rest of a split one.
  private void takeAllRanges() throws SQLException {
    Store store = context.store();
    Reaper reaper = new Reaper(store, context.ledger());
    int open;
    do {
      reaper.terminateAll(lead.migrationId());
      store.update(
          connection -> {
            context.ledger().migrations().guard(connection, lead.migrationId(), lead.epoch());
            context.ledger().ranges().cancelOpen(connection, lead.migrationId());
            context.ledger().deltas().clear(connection, lead.migrationId());
          });
      open =
          store.read(connection -> context.ledger().ranges().open(connection, lead.migrationId()));
    } while (open > 0);
  }
}
