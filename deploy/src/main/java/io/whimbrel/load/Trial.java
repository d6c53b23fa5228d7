// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The whole way of a store under load: a migration, a rollback, a second migration. The load goes
 * on all the time, but for the checks in between, when it stands still.
 */
final class Trial {

  private static final int LINES_SHOWN = 12;
  private static final Duration ROLLBACK_LIMIT = Duration.ofMinutes(15);

  private final TrialSettings settings;
  private final Moment moment = new Moment(Clock.systemUTC());
  private final Windows windows = new Windows();
  private final Map<String, CheckResult> checks = new LinkedHashMap<>();
  private final List<String> killed = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private Trial(TrialSettings settings) {
    this.settings = settings;
  }

  /** Makes the store, in an empty database, and tries it. */
  static TrialOutcome run(TrialSettings settings)
      throws IOException, SQLException, InterruptedException {
    return new Trial(settings).run();
  }

  private TrialOutcome run() throws IOException, SQLException, InterruptedException {
    try (Cluster cluster = new Cluster(settings, settings.kills() > 0)) {
      TrialStore.make(settings, cluster);
      Originals originals = Originals.of(settings.target());
      originals.write(settings.originalsFile());
      try (StateWatch watch = new StateWatch(settings.target(), moment);
          LoadProcess load = LoadProcess.start(settings, settings.rate())) {
        stretch("before");
        steps(cluster, watch, load, originals);
        load.stop();
        check("at the end", originals);
        expect(cluster, 0, "verify");
      }
    }
    return new TrialOutcome(
        settings, windows.all(), WrittenLog.readAll(settings.folder()), checks, killed, problems);
  }

  /** Ends early when a step fails, since the next would say nothing. */
  private void steps(Cluster cluster, StateWatch watch, LoadProcess load, Originals originals)
      throws IOException, SQLException, InterruptedException {
    if (!migrate("first migration", cluster, watch, settings.seed())) {
      return;
    }
    stretch("after first migration");
    checkMeanwhile("after first migration", load, originals);
    if (!rollBack(cluster, watch)) {
      return;
    }
    stretch("after rollback");
    checkMeanwhile("after rollback", load, originals);
    if (migrate("second migration", cluster, watch, settings.seed() + 1)) {
      stretch("after second migration");
    }
  }

  private void stretch(String name) throws InterruptedException {
    long from = moment.micros();
    TimeUnit.NANOSECONDS.sleep(settings.window().toNanos());
    windows.add(name, from, moment.micros());
  }

  private boolean migrate(String name, Cluster cluster, StateWatch watch, long seed)
      throws IOException, InterruptedException {
    long from = moment.micros();
    Spree spree = new Spree(cluster, watch, seed);
    int exit = spree.run(settings.kills());
    windows.addStates(name, watch.seen(), from, moment.micros());
    killed.addAll(spree.killed());
    cluster.dismissWorkers();
    return isEnd(name, exit, cluster);
  }

  /** A rollback that is killed is run again; then it may find nothing left to do. */
  private boolean rollBack(Cluster cluster, StateWatch watch)
      throws IOException, InterruptedException {
    long from = moment.micros();
    if (settings.kills() > 0) {
      try (Program first = cluster.start("rollback")) {
        first.endsWithin(Duration.ofMillis(500 + new Random(settings.seed()).nextInt(2_500)));
        if (first.isAlive()) {
          first.kill();
          killed.add("rollback in " + watch.state());
        }
      }
    }
    int exit = 0;
    if (!watch.await("ROLLED_BACK", Duration.ofMillis(200))) {
      try (Program rollback = cluster.start("rollback")) {
        exit = rollback.exit(ROLLBACK_LIMIT);
        cluster.remember(rollback);
      }
    }
    windows.addStates("rollback", watch.seen(), from, moment.micros());
    return isEnd("rollback", exit, cluster);
  }

  private boolean isEnd(String step, int exit, Cluster cluster) {
    if (exit != 0) {
      problems.add(step + " ended with exit code " + exit + ": " + said(cluster));
    }
    return exit == 0;
  }

  private void expect(Cluster cluster, int exit, String command)
      throws IOException, InterruptedException {
    int ended = cluster.run(command);
    if (ended != exit) {
      problems.add(command + " ended with exit code " + ended + ": " + said(cluster));
    }
  }

  /** The last lines; the whole is in a file. */
  private static String said(Cluster cluster) {
    List<String> lines = cluster.lastOutput().strip().replace('\t', ' ').lines().toList();
    return String.join(
        "\n  ", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
  }

  private void checkMeanwhile(String name, LoadProcess load, Originals originals)
      throws IOException, SQLException {
    load.pause();
    check(name, originals);
    load.goOn();
  }

  private void check(String name, Originals originals) throws IOException, SQLException {
    checks.put(
        name,
        StoreCheck.of(
            settings.target(),
            originals,
            settings.values(),
            Promises.of(originals, WrittenLog.readAll(settings.folder()))));
  }
}
