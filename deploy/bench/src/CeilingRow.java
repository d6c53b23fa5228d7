// SPDX-License-Identifier: Apache-2.0

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How many ranges a coordinator hands out: the real one, its grid and its ledger, and workers that
 * claim and complete ranges without copying anything. And what memory the planner and the queue
 * take over a billion ids.
 */
final class CeilingRow {
  private static final int THREADS = 8;
  private static final int BATCH_SIZE_MAX = 100;
  private static final int WINDOW_SECONDS = 20;
  private static final double AIM_RANGES = 1000;
  private static final String DONE =
      "SELECT count(*) FROM whimbrel_ranges WHERE kind = 'COPY' AND state = 'DONE'";

  private final Settings settings;
  private final Results results;
  private final Postgres postgres;
  private final int batchSize;

  CeilingRow(Settings settings, Results results, Postgres postgres) {
    this.settings = settings;
    this.results = results;
    this.postgres = postgres;
    // Enough ranges for seconds at the aim.
    this.batchSize = Math.max(2, Math.min(BATCH_SIZE_MAX, settings.memories() / 10_000));
  }

  void measure(String base) throws Exception {
    Series ranges = new Series();
    for (int run = 1; run <= settings.runs(); run++) {
      ranges.add(rate(base, run));
      Progress.say(
          Series.text(
              "coordinator ceiling: run %d of %d: %.0f ranges/s",
              run, settings.runs(), ranges.last()));
    }
    results.figure(
        Series.text(
            "coordinator ceiling, %d simulated workers, ranges of %d memories", THREADS, batchSize),
        "",
        ranges,
        "%.0f ranges/s",
        Results.Better.LARGER,
        AIM_RANGES);
    results.raw(
        Series.text(
            "coordinator ceiling: %.0f memories/s at %d memories a range, which the size of ranges"
                + " begins with at %d",
            ranges.median() * BATCH_SIZE_MAX, BATCH_SIZE_MAX, BATCH_SIZE_MAX));
    billion(base);
  }

  private double rate(String base, int run) throws Exception {
    String database = postgres.copyOf(base, "run");
    String name = "ceiling." + run;
    try (Cluster cluster = new Cluster(settings, postgres, database, name, batchSize)) {
      cluster.start(
          "simulated",
          settings.java(
              "SimulatedWorkers",
              postgres.url(database),
              cluster.address(),
              Integer.toString(THREADS),
              Integer.toString(batchSize)));
      // The first second is for connections and compilers.
      cluster.await("simulated workers", () -> cluster.number(DONE) > 100);
      TimeUnit.SECONDS.sleep(1);
      long before = cluster.number(DONE);
      long start = System.nanoTime();
      long after = before;
      double seconds = 0;
      for (int look = 0; look < 5 * WINDOW_SECONDS; look++) {
        TimeUnit.MILLISECONDS.sleep(200);
        if (cluster.number("SELECT max(plan_done) FROM whimbrel_migrations") == 1) {
          break;
        }
        after = cluster.number(DONE);
        seconds = (System.nanoTime() - start) / 1e9;
      }
      if (seconds < 1) {
        throw new IllegalStateException("too few ranges for a rate; give more --memories");
      }
      return (after - before) / seconds;
    } finally {
      postgres.drop(database);
    }
  }

  private void billion(String base) throws Exception {
    String database = postgres.copyOf(base, "run");
    Progress.say("coordinator: planning a billion ids");
    Path log = settings.work().resolve("billion.log");
    Map<String, Long> values =
        Command.run(
                log,
                postgres.environment(),
                settings.java("io.whimbrel.migration.BillionIds", postgres.url(database)))
            .values();
    postgres.drop(database);
    long early = values.get("heapEarly");
    long late = values.get("heapLate");
    results.raw(
        Series.text(
            "planner and queue over %,d ids in %,d ranges of %,d: %.1f s; used heap after a"
                + " collection %.1f MB after a tenth, %.1f MB at the end; most hints queued %d",
            values.get("ids"),
            values.get("ranges"),
            values.get("rangeSize"),
            values.get("millis") / 1e3,
            early / 1e6,
            late / 1e6,
            values.get("queuedMax")));
    results.line(
        "planner and queue over 1,000,000,000 ids",
        "a tenth of them",
        "constant memory (at most 1.1x)",
        Series.text("%.2fx", late / (double) early),
        late <= 1.1 * early);
  }
}
