// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.ledger.RangeLedger.StaleClaim;

/**
 * What an actor believes it is doing in a transaction, told apart from what the ledger lets it do.
 *
 * @param rangeId 0 where no range is named
 * @param attempt of the claim that the actor believes to hold or to take away
 * @param epoch of the lead that the actor believes to have
 */
record Deed(Kind kind, String actor, long migrationId, long rangeId, int attempt, long epoch) {

  enum Kind {
    BEGIN,
    TAKE_LEAD,
    LEAD,
    CUT_OVER,
    STORE,
    CLAIM,
    COMMIT,
    RELEASE,
    LEASE,
    APPLICATION,
    PERSON
  }

  static Deed of(Kind kind, String actor) {
    return new Deed(kind, actor, 0, 0, 0, 0);
  }

  static Deed claim(String worker, long migrationId, long rangeId) {
    return new Deed(Kind.CLAIM, worker, migrationId, rangeId, 0, 0);
  }

  static Deed commit(String worker, ClaimedRange claim) {
    return new Deed(Kind.COMMIT, worker, claim.migrationId(), claim.rangeId(), claim.attempt(), 0);
  }

  static Deed release(String actor, ClaimedRange claim) {
    return new Deed(Kind.RELEASE, actor, claim.migrationId(), claim.rangeId(), claim.attempt(), 0);
  }

  static Deed release(String actor, long migrationId, StaleClaim claim) {
    return new Deed(Kind.RELEASE, actor, migrationId, claim.rangeId(), claim.attempt(), 0);
  }

  static Deed lead(Kind kind, String coordinator, long migrationId, long epoch) {
    return new Deed(kind, coordinator, migrationId, 0, 0, epoch);
  }

  @Override
  public String toString() {
    return actor
        + " "
        + kind
        + (migrationId == 0 ? "" : " migration=" + migrationId)
        + (rangeId == 0 ? "" : " range=" + rangeId)
        + (attempt == 0 ? "" : " attempt=" + attempt)
        + (epoch == 0 ? "" : " epoch=" + epoch);
  }
}
