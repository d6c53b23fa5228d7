// SPDX-License-Identifier: Apache-2.0

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A migration beside the plainest way of copying the same table: binary {@code COPY} out of one
 * psql, piped into another, and then the same primary key and indexes.
 */
final class PostgresRows {
  private static final String AGAINST = "COPY out piped into COPY in, plus indexes";

  private final Settings settings;
  private final Results results;
  private final Postgres postgres;
  private final Filler filler;

  PostgresRows(Settings settings, Results results, Postgres postgres, Filler filler) {
    this.settings = settings;
    this.results = results;
    this.postgres = postgres;
    this.filler = filler;
  }

  /** What one store took, in milliseconds, run by run. */
  static final class Times {
    final Series plain = new Series();
    final Series plainCopy = new Series();
    final Series copy = new Series();
    final Series command = new Series();
    final Series processor = new Series();
    final Series resident = new Series();
    final Map<String, Series> phases = new LinkedHashMap<>();
    long memories;
    double contentRatio;
  }

  /** Measures one store and adds its rows to the table. */
  Times measure(Mix mix, int memories, double copyAim, double commandAim) throws Exception {
    String title =
        Series.text("PostgreSQL, %,d %s memories", memories, mix.name().toLowerCase(Locale.ROOT));
    String base = filler.postgres(postgres, "base", mix, memories);
    Times times = new Times();
    try {
      results.raw(
          title
              + ": "
              + postgres.text(
                  base,
                  "SELECT count(*) || ' memories, ' || round(avg(octet_length(content))) || ' bytes"
                      + " of content on average, at most ' || max(octet_length(content)) || ';"
                      + " table and indexes ' || pg_size_pretty(pg_total_relation_size('memories'))"
                      + " FROM memories"));
      for (int run = 1; run <= settings.runs(); run++) {
        Progress.say(title + ": run " + run + " of " + settings.runs());
        String database = postgres.copyOf(base, "run");
        plain(database, times);
        migrate(database, title.replaceAll("[^a-zA-Z0-9]+", "-") + "." + run, times);
        postgres.drop(database);
      }
    } finally {
      postgres.drop(base);
    }
    tell(title, times);
    results.ratio(title + ": copy phase", AGAINST, times.copy, times.plain, copyAim);
    results.ratio(title + ": whole command", AGAINST, times.command, times.plain, commandAim);
    return times;
  }

  private void plain(String database, Times times) throws Exception {
    List<String> indexes = indexes(database);
    postgres.execute(database, "CREATE TABLE plain_copy (LIKE memories)");
    long start = System.nanoTime();
    long copied =
        Command.pipe(
            settings.work().resolve("psql.log"),
            postgres.environment(),
            postgres.psql(database, "COPY memories TO STDOUT (FORMAT binary)"),
            postgres.psql(database, "COPY plain_copy FROM STDIN (FORMAT binary)"));
    postgres.execute(database, indexes.toArray(new String[0]));
    long millis = (System.nanoTime() - start) / 1_000_000;
    times.plain.add(millis);
    times.plainCopy.add(copied);
    Progress.say(Series.text("  plain %.2f s, of these COPY %.2f s", millis / 1e3, copied / 1e3));
    postgres.execute(database, "DROP TABLE plain_copy", "CHECKPOINT");
  }

  // The same definitions on the other table, under other names.
  private List<String> indexes(String database) throws Exception {
    List<String> statements = new ArrayList<>();
    statements.add("ALTER TABLE plain_copy ADD PRIMARY KEY (id)");
    String definitions =
        postgres.text(
            database,
            "SELECT coalesce(string_agg(pg_get_indexdef(indexrelid), chr(10)), '') FROM pg_index"
                + " WHERE indrelid = 'memories'::regclass AND NOT indisprimary");
    for (String definition : definitions.split("\n", 0)) {
      if (!definition.isEmpty()) {
        statements.add(
            definition.replaceFirst("INDEX (\\w+) ON \\S+", "INDEX plain_$1 ON plain_copy"));
      }
    }
    return statements;
  }

  private void migrate(String database, String name, Times times) throws Exception {
    Migration migration =
        Migration.run(
            settings, name, postgres.url(database), postgres.environment(), "--backup", "none");
    times.copy.add(migration.copyMillis());
    times.command.add(migration.commandMillis());
    times.processor.add(migration.processorSeconds());
    times.resident.add(migration.residentMegabytes());
    times.memories = migration.memories();
    times.contentRatio = migration.contentRatio();
    migration
        .phases()
        .forEach(
            (phase, millis) ->
                times.phases.computeIfAbsent(phase, unused -> new Series()).add(millis));
    Progress.say(
        Series.text(
            "  migrate %.2f s, of these copy and indexes %.2f s",
            migration.commandMillis() / 1e3, migration.copyMillis() / 1e3));
  }

  private void tell(String title, Times times) {
    results.raw(
        title
            + ": plain copy with indexes "
            + times.plain.seconds()
            + ", COPY alone "
            + times.plainCopy.seconds());
    results.raw(
        Series.text(
            "%s: our copy and indexes %s, whole command %s, content ratio %.2f",
            title, times.copy.seconds(), times.command.seconds(), times.contentRatio));
    results.raw(
        Series.text(
            "%s: our process used %.1f s of the processors and had %.0f MB resident",
            title, times.processor.median(), times.resident.median()));
    StringBuilder phases = new StringBuilder(title + ": median of our phases:");
    times.phases.forEach(
        (phase, series) ->
            phases.append(Series.text(" %s %.2f s,", phase, series.median() / 1000)));
    results.raw(phases.substring(0, phases.length() - 1));
  }
}
