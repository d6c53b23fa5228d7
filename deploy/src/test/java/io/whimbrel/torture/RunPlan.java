// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.torture.PlannedFault.AtMillis;
import io.whimbrel.torture.PlannedFault.AtPoint;
import io.whimbrel.torture.PlannedFault.CrashServer;
import io.whimbrel.torture.PlannedFault.CutDatabase;
import io.whimbrel.torture.PlannedFault.CutGrid;
import io.whimbrel.torture.PlannedFault.Deed;
import io.whimbrel.torture.PlannedFault.Fail;
import io.whimbrel.torture.PlannedFault.Kill;
import io.whimbrel.torture.PlannedFault.Stop;
import io.whimbrel.torture.PlannedFault.Victim;
import io.whimbrel.torture.Relay.Cut;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * All that a seed decides.
 *
 * @param batchSize memories a range, 0 to let it adapt
 * @param loaded whether an application writes to the store all the while
 * @param askMillis when the wish that is not to migrate is uttered, after the first start
 * @param faults of the migration
 * @param undoFaults of the `rollback` command, where one is asked for
 */
record RunPlan(
    long seed,
    Wish wish,
    int batchSize,
    boolean loaded,
    long askMillis,
    List<PlannedFault> faults,
    List<PlannedFault> undoFaults) {

  /** What is asked of the product. */
  enum Wish {
    MIGRATE,
    /** `cancel` while it runs. */
    CANCEL,
    /** The coordinator is killed, and `rollback` takes over from it. */
    ROLLBACK_MIDWAY,
    /** `rollback` after the swap. */
    ROLLBACK_AFTER
  }

  /**
   * What the surroundings allow.
   *
   * @param leaseMillis how long the leases of the run last
   */
  record Terms(boolean postgres, boolean canCrash, int memories, long leaseMillis) {}

  private static final long LONG_MILLIS = 8_000;
  private static final int LOADED_PERCENT = 40;

  private static final List<FaultPoint> WORKER_POINTS =
      List.of(
          FaultPoint.AFTER_POLL,
          FaultPoint.AFTER_CLAIM,
          FaultPoint.MID_COPY,
          FaultPoint.BEFORE_COMMIT,
          FaultPoint.AFTER_COMMIT);
  private static final List<FaultPoint> LEADER_POINTS =
      List.of(
          FaultPoint.IN_STEP,
          FaultPoint.IN_SNAPSHOT,
          FaultPoint.IN_PLANNING,
          FaultPoint.BEFORE_CUT_OVER,
          FaultPoint.IN_CUT_OVER,
          FaultPoint.AFTER_CUT_OVER);
  private static final List<FaultPoint> MIDWAY_POINTS =
      List.of(FaultPoint.IN_STEP, FaultPoint.IN_ROLLBACK, FaultPoint.AFTER_ROLLBACK);
  private static final List<FaultPoint> AFTER_POINTS =
      List.of(
          FaultPoint.IN_SWAP_BACK,
          FaultPoint.AFTER_SWAP_BACK,
          FaultPoint.IN_ROLLBACK,
          FaultPoint.AFTER_ROLLBACK);

  static RunPlan of(long seed, Terms terms) {
    return new Drawing(new Random(seed * 0x9E3779B97F4A7C15L), terms).plan(seed);
  }

  /** Draws a plan from a seed. */
  private static final class Drawing {
    private final Random random;
    private final Terms terms;
    private int batchSize;

    Drawing(Random random, Terms terms) {
      this.random = random;
      this.terms = terms;
    }

    RunPlan plan(long seed) {
      Wish wish = wish();
      batchSize = any(List.of(0, 40, 100, 100, 250));
      List<PlannedFault> faults = new ArrayList<>();
      int count = 2 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        faults.add(random.nextInt(100) < 65 ? atPoint(wish) : atMillis());
      }
      List<PlannedFault> undoFaults = new ArrayList<>();
      if (wish == Wish.ROLLBACK_MIDWAY || wish == Wish.ROLLBACK_AFTER) {
        List<FaultPoint> points = wish == Wish.ROLLBACK_AFTER ? AFTER_POINTS : MIDWAY_POINTS;
        int undoCount = 1 + random.nextInt(2);
        for (int i = 0; i < undoCount; i++) {
          AtPoint at = new AtPoint(any(points), 1);
          undoFaults.add(new PlannedFault(Victim.COORDINATOR, at, pointDeed(false)));
        }
      }
      long askMillis = 700L + random.nextInt(4_000);
      // Drawn last, so that a seed's other faults are the same with a load and without.
      boolean loaded = random.nextInt(100) < LOADED_PERCENT;
      if (loaded && random.nextBoolean()) {
        AtPoint at = new AtPoint(FaultPoint.IN_DRAIN, 1 + random.nextInt(2));
        faults.add(new PlannedFault(Victim.COORDINATOR, at, pointDeed(true)));
      }
      return new RunPlan(seed, wish, batchSize, loaded, askMillis, faults, undoFaults);
    }

    private Wish wish() {
      int share = random.nextInt(100);
      if (share < 64) {
        return Wish.MIGRATE;
      }
      if (share < 76) {
        return Wish.CANCEL;
      }
      return share < 86 ? Wish.ROLLBACK_MIDWAY : Wish.ROLLBACK_AFTER;
    }

    private PlannedFault atPoint(Wish wish) {
      boolean ofWorker = random.nextInt(100) < 55;
      List<FaultPoint> points = ofWorker ? WORKER_POINTS : LEADER_POINTS;
      // Those that are cancelled meet the points of an undoing too.
      if (wish == Wish.CANCEL && !ofWorker && random.nextBoolean()) {
        points = MIDWAY_POINTS;
      }
      FaultPoint point = any(points);
      Victim victim = Victim.COORDINATOR;
      if (ofWorker && terms.postgres()) {
        victim = random.nextBoolean() ? Victim.WORKER_1 : Victim.WORKER_2;
      }
      return new PlannedFault(
          victim, new AtPoint(point, hit(point)), pointDeed(victim == Victim.COORDINATOR));
    }

    private int hit(FaultPoint point) {
      int ranges = Math.max(8, batchSize == 0 ? 16 : terms.memories() / batchSize);
      return switch (point) {
        case AFTER_POLL, AFTER_CLAIM, BEFORE_COMMIT, AFTER_COMMIT -> 1 + random.nextInt(ranges / 2);
        case MID_COPY -> 1 + random.nextInt(Math.max(1, terms.memories() / 4));
        case IN_STEP -> 1 + random.nextInt(6);
        case IN_PLANNING -> 1 + random.nextInt(ranges);
        case IN_SNAPSHOT,
            IN_DRAIN,
            BEFORE_CUT_OVER,
            IN_CUT_OVER,
            AFTER_CUT_OVER,
            IN_ROLLBACK,
            AFTER_ROLLBACK,
            IN_SWAP_BACK,
            AFTER_SWAP_BACK,
            IN_FINALIZE ->
            1;
      };
    }

    private Deed pointDeed(boolean mayBeReplaced) {
      int share = random.nextInt(100);
      if (share < 35) {
        return new Kill();
      }
      if (share < 55) {
        return stop(mayBeReplaced);
      }
      if (share < 70 || !terms.postgres()) {
        return share % 2 == 0 ? new Fail() : new Kill();
      }
      return share < 85 ? cutDatabase() : cutGrid();
    }

    private PlannedFault atMillis() {
      long millis = 500L + random.nextInt(4_500);
      Victim victim = terms.postgres() ? any(List.of(Victim.values())) : Victim.COORDINATOR;
      int share = random.nextInt(100);
      Deed deed;
      if (share < 30) {
        deed = new Kill();
      } else if (share < 55 || !terms.postgres()) {
        deed = share < 75 ? stop(victim == Victim.COORDINATOR) : new Kill();
      } else if (share < 75) {
        deed = cutDatabase();
      } else if (share < 93 || !terms.canCrash()) {
        deed = cutGrid();
      } else {
        deed = new CrashServer();
      }
      return new PlannedFault(victim, new AtMillis(millis), deed);
    }

    private Stop stop(boolean mayBeReplaced) {
      long millis = terms.leaseMillis() * 5 / 4 + random.nextInt(1_000);
      boolean replaced = mayBeReplaced && random.nextInt(100) < 60;
      // Some sleep until others have done all that was left to do.
      boolean sleepsLong = replaced && random.nextInt(3) == 0;
      return new Stop(sleepsLong ? millis + LONG_MILLIS : millis, replaced);
    }

    private CutDatabase cutDatabase() {
      return new CutDatabase(cut(), cutMillis());
    }

    private CutGrid cutGrid() {
      return new CutGrid(cut(), cutMillis());
    }

    private Cut cut() {
      return any(List.of(Cut.values()));
    }

    private <T> T any(List<T> values) {
      return values.get(random.nextInt(values.size()));
    }

    private long cutMillis() {
      return 200L + random.nextInt((int) terms.leaseMillis() * 3 / 2);
    }
  }
}
