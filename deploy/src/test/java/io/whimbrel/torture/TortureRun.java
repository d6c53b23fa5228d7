// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.torture.PlannedFault.Victim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One store, one migration, the faults of one plan, and the comparison at the end. */
final class TortureRun {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(20);
  private static final int STARTS_MAX = 15;
  private static final int CANCELS_MAX = 3;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  private final Bench bench;
  private final RunPlan plan;
  private final Path folder;
  private final StoreWriter writer;
  private final Comparison comparison = new Comparison();
  private final long startNanos = System.nanoTime();
  private long migrationStartNanos;
  private boolean asked;
  private long acknowledged;
  private int cancels;
  private @Nullable Jvm asking;

  TortureRun(Bench bench, RunPlan plan, Path folder, StoreWriter writer) {
    this.bench = bench;
    this.plan = plan;
    this.folder = folder;
    this.writer = writer;
  }

  /** Runs to the end; the folder stays when something is wrong. */
  RunResult run() throws IOException, SQLException, InterruptedException {
    RunResult result;
    try (TortureStore store = bench.fresh(folder)) {
      try (Cast cast = new Cast(bench, plan, store, folder)) {
        result = run(store, cast);
      }
      if (!result.isGood()) {
        keep(store, result);
      }
    }
    if (result.isGood()) {
      removeFolder();
    }
    return result;
  }

  private RunResult run(TortureStore store, Cast cast)
      throws IOException, SQLException, InterruptedException {
    FaultDirector director = new FaultDirector(cast, plan, bench.server());
    writer.start(store);
    migrationStartNanos = System.nanoTime();
    LedgerView end;
    try {
      end = migrate(store, cast, director);
      if (plan.wish() == RunPlan.Wish.ROLLBACK_MIDWAY
          || (plan.wish() == RunPlan.Wish.ROLLBACK_AFTER && end.isCompleted())) {
        if (end.isCompleted()) {
          letAllLeave(cast, director);
          writer.pause();
          judge(store, cast, end);
          writer.goOn();
        }
        end = undo(store, cast, director);
      }
      letAllLeave(cast, director);
      end = look(store, director);
      // One that was frozen before it began packs in place what was written since, and may die.
      for (int more = 0;
          plan.wish() == RunPlan.Wish.MIGRATE && !end.isOver() && more < STARTS_MAX;
          more++) {
        migrate(store, cast, director);
        letAllLeave(cast, director);
        end = look(store, director);
      }
    } catch (GivenUpException e) {
      comparison.wrong(String.valueOf(e.getMessage()));
      director.endAll();
      end = LedgerView.of(store);
    }
    writer.stop();
    if (comparison.differences().isEmpty()) {
      judge(store, cast, end);
    }
    return new RunResult(
        bench.database(),
        plan.seed(),
        plan.wish(),
        plan.loaded(),
        acknowledged,
        end.state(),
        director.fired(),
        cast.restarts(),
        cast.all().stream().mapToInt(TortureRun::fencedIn).sum(),
        comparison.lost(),
        comparison.doubled(),
        comparison.altered(),
        comparison.differences(),
        (System.nanoTime() - startNanos) / 1_000_000);
  }

  private long millis() {
    return (System.nanoTime() - migrationStartNanos) / 1_000_000;
  }

  private void pause(String where) {
    if (millis() > LIMIT.toMillis()) {
      throw new GivenUpException("hangs in " + where);
    }
    LockSupport.parkNanos(LOOK_NANOS);
  }

  private LedgerView migrate(TortureStore store, Cast cast, FaultDirector director)
      throws IOException, SQLException, InterruptedException {
    cast.startLeader();
    cast.startMissingWorkers(1);
    while (true) {
      pause("migrate");
      director.tick(millis());
      ask(cast);
      if (asked && plan.wish() == RunPlan.Wish.ROLLBACK_MIDWAY) {
        for (Jvm leader : cast.leaders()) {
          leader.close();
        }
        return look(store, director);
      }
      List<Jvm> living = cast.leaders().stream().filter(Jvm::isAlive).toList();
      if (living.stream().allMatch(director::isToBeReplaced)) {
        LedgerView view = look(store, director);
        if (view.isOver()) {
          return view;
        }
        if (cast.startedOf(Victim.COORDINATOR) == STARTS_MAX) {
          throw new GivenUpException("does not end after " + STARTS_MAX + " starts");
        }
        cast.startLeader();
      }
      cast.startMissingWorkers(STARTS_MAX);
    }
  }

  // A process that was frozen while it changed the journal mode keeps SQLite's file locked.
  private LedgerView look(TortureStore store, FaultDirector director)
      throws IOException, SQLException, InterruptedException {
    while (true) {
      pause("reading the ledger");
      director.tick(millis());
      try {
        return LedgerView.of(store);
      } catch (SQLException e) {
        if (!String.valueOf(e.getMessage()).contains("SQLITE_BUSY")) {
          throw e;
        }
      }
    }
  }

  private void ask(Cast cast) throws IOException {
    if (millis() < plan.askMillis()) {
      return;
    }
    switch (plan.wish()) {
      case MIGRATE, ROLLBACK_AFTER -> {}
      case ROLLBACK_MIDWAY -> asked = true;
      case CANCEL -> {
        // It may come before there is anything to cancel, or meet a server that is just starting.
        Jvm last = asking;
        if (last == null || (!last.isAlive() && last.exitCode() != 0 && cancels < CANCELS_MAX)) {
          cancels++;
          asking = cast.startCancelling();
        }
      }
    }
  }

  private LedgerView undo(TortureStore store, Cast cast, FaultDirector director)
      throws IOException, SQLException, InterruptedException {
    for (int attempt = 0; attempt < STARTS_MAX; attempt++) {
      Jvm undoing = cast.startUndoing();
      while (undoing.isAlive()) {
        pause("rollback");
        director.tick(millis());
      }
      LedgerView view = look(store, director);
      boolean nothingLeft = undoing.exitCode() == 2 && !view.isToBeUndone();
      if (undoing.exitCode() == 0 || nothingLeft) {
        return view;
      }
    }
    throw new GivenUpException("not rolled back after " + STARTS_MAX + " tries");
  }

  // Frozen processes must wake up while the store can still be harmed, and everybody must go.
  private void letAllLeave(Cast cast, FaultDirector director)
      throws IOException, InterruptedException {
    director.endAll();
    long deadline = System.nanoTime() + LEAVE_LIMIT.toNanos();
    for (Jvm jvm : cast.all()) {
      if (jvm.name().endsWith("worker") && !jvm.err().contains(" joined migration ")) {
        // It came too late, and waits for the next migration.
        jvm.close();
      }
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      if (!jvm.endsWithin(left)) {
        comparison.wrong(jvm.name() + " does not leave when all is over");
        jvm.close();
      }
    }
  }

  // The mode cannot be put back while a frozen process has the file open, which is said.
  private static List<String> asSaid(Cast cast, List<String> definitions) {
    boolean said =
        cast.all().stream()
            .anyMatch(jvm -> (jvm.err() + jvm.out()).contains("stays in journal mode WAL"));
    return said
        ? definitions.stream()
            .map(line -> line.replace("journal mode delete", "journal mode wal"))
            .toList()
        : definitions;
  }

  private void judge(TortureStore store, Cast cast, LedgerView end)
      throws IOException, SQLException {
    if (end.isCompleted()) {
      judgeCompleted(store, cast, store.image(StoreImage.Columns.CARRIED));
    } else if (end.isUndone()) {
      judgeUndone(cast, store.image(StoreImage.Columns.ALL), end);
    } else {
      comparison.wrong("this is no end: " + end.state() + ", " + end.reason());
    }
  }

  private void judgeCompleted(TortureStore store, Cast cast, StoreImage now)
      throws IOException, SQLException {
    StoreImage calm = bench.completed(now);
    acknowledged =
        writer.judge(
            now, new StoreWriter.Expected(bench.texts(), bench.carriedBefore()), comparison);
    definitions(cast, now, calm);
    comparison.lines("our tables", now.ours(), calm.ours());
    try (Connection connection = store.connect()) {
      if (writer.writes()) {
        SegmentCount.compareWritten(connection, comparison);
      } else {
        comparison.lines("failures", now.failures(), calm.failures());
        SegmentCount.compare(connection, comparison);
      }
    }
  }

  private void judgeUndone(Cast cast, StoreImage now, LedgerView end)
      throws IOException, SQLException {
    StoreImage before = bench.before();
    acknowledged =
        writer.judge(now, new StoreWriter.Expected(bench.texts(), before.tables()), comparison);
    definitions(cast, now, before);
    comparison.lines(
        "our tables",
        now.ours().stream().filter(name -> !LedgerView.isOfTheLedger(name)).toList(),
        List.of());
    if (plan.wish() == RunPlan.Wish.MIGRATE) {
      comparison.wrong("rolled back though nobody asked: " + end.reason());
    }
  }

  private void definitions(Cast cast, StoreImage now, StoreImage expected) {
    comparison.lines(
        "definitions",
        withoutMode(now.definitions()),
        withoutMode(asSaid(cast, expected.definitions())));
  }

  // Beside an application that has the file open the mode can neither be had nor put back for sure.
  private List<String> withoutMode(List<String> definitions) {
    return writer.writes()
        ? definitions.stream().filter(line -> !line.startsWith("journal mode ")).toList()
        : definitions;
  }

  private static int fencedIn(Jvm jvm) {
    return (int)
        jvm.err()
            .lines()
            .filter(
                line ->
                    line.contains("late commit refused")
                        || line.contains("another coordinator leads"))
            .count();
  }

  private void keep(TortureStore store, RunResult result) throws IOException {
    Files.writeString(folder.resolve("result.txt"), result + "\n" + plan + "\n");
    if (store instanceof SqliteTorture sqlite) {
      Files.copy(sqlite.file(), folder.resolve("kept.db"));
    }
  }

  private void removeFolder() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** The run did not come to an end. */
  private static final class GivenUpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    GivenUpException(String message) {
      super(message);
    }
  }
}
