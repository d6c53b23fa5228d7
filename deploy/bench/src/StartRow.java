// SPDX-License-Identifier: Apache-2.0

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;

/**
 * From the start of the launcher to the first claim of a range, on a small store: when the first
 * range was finished by the ledger, less the time that it says the range took.
 */
final class StartRow {
  private static final int MEMORIES = 1000;
  private static final double AIM_SECONDS = 2;
  private static final String FIRST_CLAIM =
      "SELECT min(finished_at_ms - elapsed_ms) FROM whimbrel_ranges WHERE kind = 'COPY'";

  private final Settings settings;
  private final Results results;
  private final Postgres postgres;
  private final Filler filler;

  StartRow(Settings settings, Results results, Postgres postgres, Filler filler) {
    this.settings = settings;
    this.results = results;
    this.postgres = postgres;
    this.filler = filler;
  }

  void measure() throws Exception {
    Series onSqlite = new Series();
    Series onPostgres = new Series();
    String base = filler.postgres(postgres, "base", Mix.MIXED, MEMORIES);
    for (int run = 1; run <= settings.runs(); run++) {
      Progress.say("start: run " + run + " of " + settings.runs());
      Path file = settings.work().resolve("start." + run + ".db");
      filler.sqlite(file, Mix.MIXED, MEMORIES);
      onSqlite.add(sqlite(file, run));
      onPostgres.add(postgres(base, run));
    }
    postgres.drop(base);
    row("SQLite", onSqlite);
    row("PostgreSQL", onPostgres);
  }

  private double sqlite(Path file, int run) throws Exception {
    long start = now();
    Migration.run(
        settings, "start.sqlite." + run, "sqlite:///" + file, Map.of(), "--backup", "none");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(FIRST_CLAIM)) {
      row.next();
      return (row.getLong(1) - start) / 1e3;
    }
  }

  private double postgres(String base, int run) throws Exception {
    String database = postgres.copyOf(base, "run");
    long start = now();
    Migration.run(
        settings,
        "start.postgres." + run,
        postgres.url(database),
        postgres.environment(),
        "--backup",
        "none");
    double seconds = (postgres.number(database, FIRST_CLAIM) - start) / 1e3;
    postgres.drop(database);
    return seconds;
  }

  // A wall clock, as the ledger has one; the server runs on this machine.
  private static long now() {
    return System.currentTimeMillis();
  }

  private void row(String store, Series seconds) {
    results.figure(
        Series.text("start to first range, %s, %,d memories", store, MEMORIES),
        "",
        seconds,
        "%.2f s",
        Results.Better.SMALLER,
        AIM_SECONDS);
  }
}
