// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.grid.GridUnavailableException;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationKind;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.retry.EnvironmentErrors;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Undoes a migration whose copy stands beside the legacy table that serves: before the swap, or
 * after the swap back. First no worker can commit any more, then the two are compared, then all
 * goes.
 */
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
      store.update(
          connection -> {
            context.ledger().migrations().guard(connection, lead.migrationId(), lead.epoch());
            context.ledger().deltas().clear(connection, lead.migrationId());
          });
      if (migration.wasCompleted()) {
        store.shadowTable().afterSwapBack(migration.migrationId());
      }
      store.capture().remove();
      store.shadowTable().drop(migration.migrationId());
    }
  }

  // Once: after a crash the copy may be half gone, and there is nothing to compare with.
  private void prove(Migration migration) throws SQLException {
    if (facts.rollbackProof != null || migration.fingerprint() == null) {
      return;
    }
    context.progress().message("comparing the store with its copy");
    RollbackProof.Outcome proof = compare(migration);
    facts.rollbackProof = proof.sentence();
    facts.save(context, lead);
    context.progress().message(proof.sentence());
    proof.examples().forEach(example -> LOG.error("differs: {}", example));
    // Before a swap nothing but the application ever wrote to the store, so it is the copy that is
    // wrong. After a swap back the copy may hold what did not come back.
    if (migration.wasCompleted() && !proof.examples().isEmpty()) {
      fail(
          String.format(
              Locale.ROOT,
              "%,d memories did not come back as they were (%s); the copy is kept: look at them,"
                  + " then `whimbrel rollback` drops it",
              proof.different(),
              String.join("; ", proof.examples())));
    }
  }

  private void fail(String reason) throws SQLException {
    context
        .store()
        .update(
            connection ->
                context
                    .ledger()
                    .migrations()
                    .move(
                        connection,
                        lead.migrationId(),
                        lead.epoch(),
                        MigrationState.ROLLING_BACK,
                        MigrationState.FAILED,
                        reason));
    throw new MigrationFailedException(reason);
  }

  // What the application did to its table, a new column for one, may stand in the way of the
  // comparison. It is what stopped many a migration, and must not stop the way back too.
  private RollbackProof.Outcome compare(Migration migration) throws SQLException {
    try {
      return new RollbackProof(context, migration).run();
    } catch (SQLException e) {
      if (EnvironmentErrors.cause(e).isPresent()) {
        throw e;
      }
      LOG.warn("the store cannot be compared with its copy", e);
      return RollbackProof.Outcome.impossible(String.valueOf(e.getMessage()));
    }
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
          });
      open =
          store.read(connection -> context.ledger().ranges().open(connection, lead.migrationId()));
    } while (open > 0);
  }
}
