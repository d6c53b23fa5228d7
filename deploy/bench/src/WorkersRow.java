// SPDX-License-Identifier: Apache-2.0

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How much faster more workers are where cores do not limit: each worker is a process with one
 * thread, and every byte between it and the database waits a fixed time, either way. The
 * coordinator sits beside the database. Counted are ranges finished within a window that begins
 * when every worker has finished its first ones.
 */
final class WorkersRow {
  private static final int[] WORKERS = {1, 2, 4, 8, 16};
  private static final int DELAY_MILLIS = 20;
  private static final int WINDOW_SECONDS = 20;
  private static final int BATCH_SIZE_MAX = 100;
  private static final double AIM = 0.95;

  private final Settings settings;
  private final Results results;
  private final Postgres postgres;
  private final int batchSize;
  private final Map<Integer, Series> rates = new LinkedHashMap<>();

  WorkersRow(Settings settings, Results results, Postgres postgres) {
    this.settings = settings;
    this.results = results;
    this.postgres = postgres;
    // Enough ranges for the window of the most workers.
    this.batchSize = Math.max(5, Math.min(BATCH_SIZE_MAX, settings.memories() / 3000));
  }

  void measure(String base) throws Exception {
    for (int run = 1; run <= settings.runs(); run++) {
      for (int workers : WORKERS) {
        String name = "workers." + workers + "." + run;
        double rate = rate(base, name, workers);
        Progress.say(
            Series.text(
                "workers: run %d of %d: %d workers, %.1f ranges/s",
                run, settings.runs(), workers, rate));
        rates.computeIfAbsent(workers, unused -> new Series()).add(rate);
      }
    }
    Series one = rates.get(1);
    for (int workers : WORKERS) {
      Series efficiency = rates.get(workers).over(one).times(1.0 / workers);
      String title =
          Series.text(
              "%d workers, %d ms each way, ranges of %d memories",
              workers, DELAY_MILLIS, batchSize);
      results.raw(
          Series.text(
              "%s: %.1f ranges/s (%.1f to %.1f), efficiency %.2f (%.2f to %.2f)",
              title,
              rates.get(workers).median(),
              rates.get(workers).lowest(),
              rates.get(workers).highest(),
              efficiency.median(),
              efficiency.lowest(),
              efficiency.highest()));
      if (workers == WORKERS[WORKERS.length - 1]) {
        results.figure(title, "one worker", efficiency, "%.2f", Results.Better.LARGER, AIM);
      }
    }
  }

  private double rate(String base, String name, int workers) throws Exception {
    String database = postgres.copyOf(base, "run");
    try (LatencyRelay relay = new LatencyRelay(postgres.port(), DELAY_MILLIS);
        Cluster cluster = new Cluster(settings, postgres, database, name, batchSize)) {
      for (int number = 1; number <= workers; number++) {
        cluster.work(number, relay.port());
      }
      cluster.await(
          "every worker to finish ranges",
          () ->
              cluster.number(
                      "SELECT count(*) FROM (SELECT worker_id FROM whimbrel_ranges WHERE state ="
                          + " 'DONE' AND kind = 'COPY' GROUP BY worker_id HAVING count(*) >= 3)"
                          + " AS busy")
                  >= workers);
      long from =
          cluster.number("SELECT max(finished_at_ms) FROM whimbrel_ranges WHERE state = 'DONE'");
      for (int second = 0; second < WINDOW_SECONDS && isCopying(cluster); second++) {
        TimeUnit.SECONDS.sleep(1);
      }
      return rateSince(cluster, from, name);
    } finally {
      postgres.drop(database);
    }
  }

  private static boolean isCopying(Cluster cluster) throws Exception {
    return cluster.number(
            "SELECT count(*) FROM whimbrel_migrations WHERE state = 'COPYING' AND plan_done = 0")
        == 1;
  }

  // The end of the plan leaves workers idle: what comes after it does not count.
  private double rateSince(Cluster cluster, long from, String name) throws Exception {
    long to =
        cluster.number(
            "SELECT coalesce((SELECT min(finished_at_ms) FROM whimbrel_ranges WHERE kind = 'COPY'"
                + " AND state = 'DONE' AND (SELECT plan_done FROM whimbrel_migrations) = 1 AND"
                + " range_id > (SELECT max(range_id) - 48 FROM whimbrel_ranges WHERE kind ="
                + " 'COPY')), (SELECT max(finished_at_ms) FROM whimbrel_ranges WHERE kind ="
                + " 'COPY'))");
    if (to - from < TimeUnit.SECONDS.toMillis(3)) {
      throw new IllegalStateException(
          name + ": too few memories for a window: " + (to - from) + " ms");
    }
    long ranges =
        cluster.number(
            "SELECT count(*) FROM whimbrel_ranges WHERE kind = 'COPY' AND state = 'DONE' AND"
                + " finished_at_ms > "
                + from
                + " AND finished_at_ms <= "
                + to);
    return ranges * 1000.0 / (to - from);
  }
}
