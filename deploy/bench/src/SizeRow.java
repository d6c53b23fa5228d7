// SPDX-License-Identifier: Apache-2.0

import java.util.List;

/** What the whole store takes before the migration and after {@code finalize}, and where. */
final class SizeRow {
  private static final String RELATIONS =
      "SELECT coalesce(string_agg(relname || ' ' || pg_size_pretty(size), ', ' ORDER BY size DESC),"
          + " '') FROM (SELECT c.relname, pg_table_size(c.oid) AS size FROM pg_class c JOIN"
          + " pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN"
          + " ('r', 'i')) sized WHERE size > 100000";
  private static final String TOTAL =
      "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid ="
          + " c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'";

  private final Settings settings;
  private final Results results;
  private final Postgres postgres;

  SizeRow(Settings settings, Results results, Postgres postgres) {
    this.settings = settings;
    this.results = results;
    this.postgres = postgres;
  }

  void measure(String base) throws Exception {
    String title = Series.text("whole store after finalize, %,d memories", settings.memories());
    Progress.say(title);
    String database = postgres.copyOf(base, "size");
    long before = postgres.number(database, TOTAL);
    results.raw("size before: " + postgres.text(database, RELATIONS));
    Migration.run(
        settings, "size", postgres.url(database), postgres.environment(), "--backup", "none");
    Command.run(
        settings.work().resolve("finalize.log"),
        postgres.environment(),
        List.of(settings.launcher("whimbrel"), "finalize", "--db-url", postgres.url(database)));
    long after = postgres.number(database, TOTAL);
    results.raw("size after: " + postgres.text(database, RELATIONS));
    results.line(
        title,
        "legacy table and indexes",
        "as small as can be",
        Series.text(
            "%.1f MB of %.1f MB: %.2fx", after / 1e6, before / 1e6, after / (double) before),
        "-");
    postgres.drop(database);
  }
}
