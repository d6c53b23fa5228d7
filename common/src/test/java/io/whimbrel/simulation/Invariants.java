// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.ledger.RangeLedger.StaleClaim;
import io.whimbrel.simulation.Picture.Lead;
import io.whimbrel.simulation.Picture.RangeRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** What must be true after every transaction, by whomever, whatever it believed. */
final class Invariants {

  private final World world;
  private final Map<List<Long>, String> leaders = new HashMap<>();

  Invariants(World world) {
    this.world = world;
  }

  void check(Picture before, Picture after, Deed deed) {
    if (after.equals(before)) {
      return;
    }
    after.ranges().values().forEach(range -> checkRange(before, range, deed));
    for (Lead lead : after.migrations().values()) {
      checkLead(before, lead, deed);
      checkCopies(before, after, lead, deed);
      if (isCopying(lead.state())) {
        checkTiling(after, lead);
        checkOneOpenRange(after, lead);
        checkDifferences(after, lead);
      }
      if (lead.state() == MigrationState.ROLLED_BACK) {
        checkNothingIsLeft(after, lead);
      }
    }
    if (before.legacy() != after.legacy() && deed.kind() != Deed.Kind.APPLICATION) {
      require(before.legacy().equals(after.legacy()), () -> "the legacy table was changed by us");
    }
  }

  private static boolean isCopying(MigrationState state) {
    return state.letsWorkersWork();
  }

  // A range moves only as the deed says, from the state that the deed believes in.
  private static void checkRange(Picture before, RangeRow now, Deed deed) {
    RangeRow was = before.ranges().get(now.rangeId());
    if (now.equals(was)) {
      return;
    }
    require(now.mismatches() == 0, () -> "a verification found an unexplained difference: " + now);
    if (was == null) {
      boolean mayAdd = deed.kind() == Deed.Kind.LEAD || deed.kind() == Deed.Kind.COMMIT;
      require(mayAdd, () -> "a range was added: " + now);
      return;
    }
    boolean named = deed.rangeId() == now.rangeId() && deed.attempt() == was.attempt();
    boolean expected =
        switch (now.state()) {
          case "PENDING" ->
              deed.kind() == Deed.Kind.RELEASE && named && was.state().equals("CLAIMED");
          case "CLAIMED" ->
              deed.kind() == Deed.Kind.CLAIM
                  && was.state().equals("PENDING")
                  && now.attempt() == was.attempt() + 1
                  && now.workerId().equals(deed.actor());
          case "DONE" ->
              deed.kind() == Deed.Kind.COMMIT
                  && named
                  && was.state().equals("CLAIMED")
                  && was.workerId().equals(deed.actor());
          case "CANCELLED" -> deed.kind() == Deed.Kind.LEAD && was.isOpen();
          default -> false;
        };
    require(expected, () -> "a range was moved against its fence: from " + was + " to " + now);
  }

  private void checkLead(Picture before, Lead now, Deed deed) {
    Lead was = before.migrations().get(now.migrationId());
    if (deed.migrationId() != now.migrationId()) {
      return;
    }
    if (was != null && deed.kind() == Deed.Kind.TAKE_LEAD && was.epoch() != now.epoch()) {
      require(now.epoch() == deed.epoch() + 1, () -> "the lead was taken by an old epoch: " + now);
      String other = leaders.put(List.of(now.migrationId(), now.epoch()), deed.actor());
      require(other == null, () -> "two coordinators lead with one epoch: " + now);
    }
    if (deed.kind() == Deed.Kind.LEAD || deed.kind() == Deed.Kind.CUT_OVER) {
      require(
          was != null && was.epoch() == deed.epoch(), () -> "a replaced coordinator wrote: " + now);
    }
    if (was != null
        && was.state() != MigrationState.COMPLETED
        && now.state() == MigrationState.COMPLETED) {
      require(!was.cancelled(), () -> "a cancelled migration was completed");
    }
  }

  private void checkCopies(Picture before, Picture after, Lead lead, Deed deed) {
    Map<String, Long> was = before.copiesOf(lead.migrationId());
    Map<String, Long> now = after.copiesOf(lead.migrationId());
    if (was == now && !completes(before, lead)) {
      return;
    }
    now.forEach(
        (key, version) -> {
          long older = Math.abs(was.getOrDefault(key, 0L));
          require(
              Math.abs(version) >= older || deed.kind() == Deed.Kind.CUT_OVER,
              () ->
                  "an older value came over a newer one: key "
                      + key
                      + ", "
                      + older
                      + " to "
                      + version);
        });
    Lead leadBefore = before.migrations().get(lead.migrationId());
    if (completes(before, lead)) {
      checkCompleted(after, lead);
    } else if (leadBefore != null && leadBefore.state() == MigrationState.COMPLETED) {
      require(
          deed.kind() == Deed.Kind.APPLICATION || was.equals(now),
          () -> "the new table was changed by us after the swap");
    }
  }

  private static boolean completes(Picture before, Lead now) {
    Lead was = before.migrations().get(now.migrationId());
    return now.state() == MigrationState.COMPLETED
        && (was == null || was.state() != MigrationState.COMPLETED);
  }

  private static void checkCompleted(Picture after, Lead lead) {
    Map<String, Long> copies = after.copiesOf(lead.migrationId());
    for (String key : keys(after, lead)) {
      long legacy = after.legacy().getOrDefault(key, 0L);
      long copy = Math.max(0, copies.getOrDefault(key, 0L));
      require(
          legacy == copy,
          () -> "swapped with key " + key + " at " + copy + " instead of " + legacy);
    }
    require(after.logged().isEmpty(), () -> "swapped with changes left in the log");
    for (RangeRow range : after.ranges().values()) {
      require(
          range.migrationId() != lead.migrationId() || !range.isOpen(),
          () -> "swapped with an open range: " + range);
    }
  }

  // The copy ranges lie end to end from the first key to the planner's cursor.
  private static void checkTiling(Picture after, Lead lead) {
    List<RangeRow> copies = new ArrayList<>();
    for (RangeRow range : after.ranges().values()) {
      if (range.migrationId() == lead.migrationId() && range.kind() == RangeKind.COPY) {
        copies.add(range);
      }
    }
    copies.sort(Comparator.comparing(RangeRow::lower));
    String end = "";
    for (RangeRow range : copies) {
      String last = end;
      require(
          range.lower().equals(end),
          () -> "an id is in two copy ranges, or in none, near " + last + ": " + range);
      end = range.upper();
    }
    require(
        end.equals(lead.plannedTo()), () -> "the ranges do not reach as far as the plan: " + lead);
  }

  private static void checkOneOpenRange(Picture after, Lead lead) {
    after
        .rangeKeys()
        .getOrDefault(lead.migrationId(), Map.of())
        .forEach(
            (key, ids) -> {
              List<RangeRow> open = new ArrayList<>();
              for (RangeRow range : after.ranges().values()) {
                boolean byKey = range.kind() == RangeKind.DELTA && ids.contains(range.rangeId());
                boolean byBounds =
                    range.kind() == RangeKind.COPY
                        && range.migrationId() == lead.migrationId()
                        && range.holds(key);
                if (range.isOpen() && (byKey || byBounds)) {
                  open.add(range);
                }
              }
              require(
                  open.size() <= 1, () -> "key " + key + " is in two unfinished ranges: " + open);
            });
  }

  private static void checkDifferences(Picture after, Lead lead) {
    Map<String, Long> copies = after.copiesOf(lead.migrationId());
    for (String key : keys(after, lead)) {
      long legacy = after.legacy().getOrDefault(key, 0L);
      long copy = Math.max(0, copies.getOrDefault(key, 0L));
      if (legacy != copy && !isExplained(after, lead, key)) {
        throw new Violation(
            "key " + key + " differs without reason: legacy " + legacy + ", copy " + copy);
      }
    }
  }

  private static boolean isExplained(Picture after, Lead lead, String key) {
    boolean unplanned =
        !lead.planDone()
            && key.compareTo(lead.plannedTo()) > 0
            && key.compareTo(lead.highestKey()) <= 0;
    if (unplanned || after.logged().contains(key)) {
      return true;
    }
    Map<String, List<Long>> rangeKeys =
        after.rangeKeys().getOrDefault(lead.migrationId(), Map.of());
    for (RangeRow range : after.ranges().values()) {
      boolean inDelta = rangeKeys.getOrDefault(key, List.of()).contains(range.rangeId());
      boolean inCopy =
          range.kind() == RangeKind.COPY
              && range.migrationId() == lead.migrationId()
              && range.holds(key);
      if (range.isOpen() && (inDelta || inCopy)) {
        return true;
      }
    }
    return false;
  }

  private static Set<String> keys(Picture after, Lead lead) {
    Set<String> keys = new TreeSet<>(after.legacy().keySet());
    keys.addAll(after.copiesOf(lead.migrationId()).keySet());
    return keys;
  }

  private static void checkNothingIsLeft(Picture after, Lead lead) {
    require(after.copiesOf(lead.migrationId()).isEmpty(), () -> "rolled back, but copies are left");
    require(
        after.rangeKeys().getOrDefault(lead.migrationId(), Map.of()).isEmpty(),
        () -> "rolled back, but changed keys are left");
    for (RangeRow range : after.ranges().values()) {
      require(
          range.migrationId() != lead.migrationId() || !range.isOpen(),
          () -> "rolled back, but a range is open: " + range);
    }
  }

  /** A claim is only taken away from a worker whose lease has run out. */
  void areStale(List<StaleClaim> claims) {
    for (StaleClaim claim : claims) {
      Long lease = world.picture().leases().get(claim.workerId());
      require(lease == null || lease < world.now(), () -> "a live worker is to lose " + claim);
    }
  }

  /** At the end the table that serves holds what the applications committed. */
  static void checkEnd(Map<String, Long> truth, Map<String, Long> served) {
    truth.forEach(
        (key, version) ->
            require(
                Math.max(0, served.getOrDefault(key, 0L)) == Math.max(0, version),
                () -> "in the end key " + key + " should be " + version));
  }

  private static void require(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      throw new Violation(otherwise.get());
    }
  }
}
