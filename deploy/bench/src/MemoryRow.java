// SPDX-License-Identifier: Apache-2.0

/**
 * The most resident memory that a process has that leads a migration and works on it with two
 * threads, where contents of up to 100 MB are among the memories; on a store and on a tenth of it.
 */
final class MemoryRow {
  private static final int LONGEST = 100_000_000;
  private static final double AIM_MEGABYTES = 512 * 1.048576;

  private final Settings settings;
  private final Results results;
  private final Postgres postgres;
  private final Filler filler;

  MemoryRow(Settings settings, Results results, Postgres postgres, Filler filler) {
    this.settings = settings;
    this.results = results;
    this.postgres = postgres;
    this.filler = filler;
  }

  void measure() throws Exception {
    for (int memories : new int[] {Math.max(1000, settings.memories() / 10), settings.memories()}) {
      String base = filler.postgres(postgres, "base", Mix.MIXED, memories);
      for (int length : new int[] {LONGEST, LONGEST, LONGEST, LONGEST / 2, LONGEST / 10}) {
        addLong(base, length);
      }
      Series peak = new Series();
      String title = Series.text("peak resident memory, 2 threads, %,d memories", memories);
      for (int run = 1; run <= settings.runs(); run++) {
        Progress.say(title + ": run " + run + " of " + settings.runs());
        String database = postgres.copyOf(base, "run");
        Migration migration =
            Migration.run(
                settings,
                "memory." + memories + "." + run,
                postgres.url(database),
                postgres.environment(),
                "--backup",
                "none",
                "--workers",
                "2");
        peak.add(migration.residentMegabytes());
        postgres.drop(database);
      }
      postgres.drop(base);
      results.figure(
          title + " with contents up to 100 MB",
          "512 MiB",
          peak,
          "%.0f MB",
          Results.Better.SMALLER,
          AIM_MEGABYTES);
    }
  }

  // Somewhere in the middle of the keys, where the gaps are.
  private void addLong(String database, int length) throws Exception {
    postgres.execute(
        database,
        "INSERT INTO memories (id, title, content, owner_id, created_at, updated_at, version,"
            + " is_active, content_compressed, content_size) SELECT (SELECT min(a.id) + 1 FROM"
            + " memories a WHERE a.id > (SELECT max(id) / 2 FROM memories) AND NOT EXISTS (SELECT"
            + " FROM memories b WHERE b.id = a.id + 1)), 'long', left(repeat(text, "
            + length
            + " / length(text) + 1), "
            + length
            + "), 1, now(), now(), 1, true, false, "
            + length
            + " FROM (SELECT string_agg(content, ' ') AS text FROM (SELECT content FROM memories"
            + " WHERE length(content) < 100000 ORDER BY id LIMIT 50000) AS first) AS joined");
  }
}
