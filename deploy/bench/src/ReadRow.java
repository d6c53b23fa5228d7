// SPDX-License-Identifier: Apache-2.0

import io.whimbrel.reader.Memory;
import io.whimbrel.reader.MemoryReader;
import io.whimbrel.store.StoreUrl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Reading through the reader library from a migrated store, beside the same reads of the legacy
 * rows: there one connection is kept, with one prepared statement, and nothing else is done.
 */
final class ReadRow {
  private static final int READS = 10_000;
  private static final int LISTINGS = 500;
  private static final int PAGE = 100;

  private final Settings settings;
  private final Results results;
  private final Postgres postgres;
  private final Timings legacy = new Timings();
  private final Timings ours = new Timings();
  private final Timings legacyByUs = new Timings();
  private long legacyChars;
  private long ourChars;

  ReadRow(Settings settings, Results results, Postgres postgres) {
    this.settings = settings;
    this.results = results;
    this.postgres = postgres;
  }

  /** Of one kind of store, microseconds run by run. */
  private static final class Timings {
    final Series median = new Series();
    final Series slow = new Series();
    final Series list = new Series();
    final Series listNarrow = new Series();
  }

  private interface Read {
    long chars(String id) throws Exception;
  }

  void measure(String base) throws Exception {
    String title = Series.text("reading, %,d memories", settings.memories());
    Progress.say(title);
    String database = postgres.copyOf(base, "read");
    Migration.run(
        settings, "read", postgres.url(database), postgres.environment(), "--backup", "none");
    List<String> ids = ids(base);
    StoreUrl url = StoreUrl.parse(postgres.url(database));
    try (Connection connection = postgres.connect(base);
        PreparedStatement one = connection.prepareStatement("SELECT * FROM memories WHERE id = ?");
        MemoryReader before =
            MemoryReader.open(StoreUrl.parse(postgres.url(base)), postgres.environment());
        MemoryReader reader = MemoryReader.open(url, postgres.environment())) {
      Read plainly = id -> plainly(one, id);
      Read byUs = id -> reader.get(id).orElseThrow().content().text().length();
      Read beforeByUs = id -> before.get(id).orElseThrow().content().text().length();
      // Both sides are compiled and cached before anything counts.
      for (int i = 0; i < 2; i++) {
        legacyChars = run(plainly, ids, new Timings());
        ourChars = run(byUs, ids, new Timings());
        run(beforeByUs, ids, new Timings());
      }
      if (legacyChars != ourChars) {
        throw new IllegalStateException("read " + ourChars + " characters of " + legacyChars);
      }
      list(connection, reader, new Timings(), new Timings(), ids);
      for (int run = 1; run <= settings.runs(); run++) {
        Progress.say(title + ": run " + run + " of " + settings.runs());
        Collections.shuffle(ids, new Random(run));
        run(plainly, ids, legacy);
        run(byUs, ids, ours);
        run(beforeByUs, ids, legacyByUs);
        list(connection, reader, legacy, ours, ids);
      }
    }
    postgres.drop(database);
    tell(title);
  }

  private List<String> ids(String base) throws Exception {
    List<String> ids = new ArrayList<>();
    try (Connection connection = postgres.connect(base);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id FROM memories ORDER BY random()")) {
      while (row.next() && ids.size() < READS) {
        ids.add(row.getString(1));
      }
    }
    return ids;
  }

  private static long plainly(PreparedStatement one, String id) throws Exception {
    one.setInt(1, Integer.parseInt(id));
    try (ResultSet row = one.executeQuery()) {
      row.next();
      return row.getString("content").length();
    }
  }

  private static long run(Read read, List<String> ids, Timings timings) throws Exception {
    long[] nanos = new long[ids.size()];
    long chars = 0;
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      chars += read.chars(ids.get(i));
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    timings.median.add(nanos[nanos.length / 2] / 1e3);
    timings.slow.add(nanos[nanos.length * 99 / 100] / 1e3);
    return chars;
  }

  private static void list(
      Connection connection, MemoryReader reader, Timings legacy, Timings ours, List<String> ids)
      throws Exception {
    String narrow =
        "id, title, access_level, owner_id, context_id, created_at, updated_at, version,"
            + " is_active, memory_metadata, content_compressed, content_size, access_count,"
            + " last_accessed";
    legacy.list.add(plainLists(connection, "*", ids));
    legacy.listNarrow.add(plainLists(connection, narrow, ids));
    long start = System.nanoTime();
    long values = 0;
    for (int i = 0; i < LISTINGS; i++) {
      for (Memory memory : reader.list(ids.get(i % ids.size()), PAGE)) {
        values += memory.columns().size();
      }
    }
    if (values == 0) {
      throw new IllegalStateException("nothing was listed");
    }
    ours.list.add((System.nanoTime() - start) / 1e3 / LISTINGS);
  }

  // As a mapper does it: every value of every row becomes an object.
  private static double plainLists(Connection connection, String columns, List<String> ids)
      throws Exception {
    long start = System.nanoTime();
    String query = "SELECT " + columns + " FROM memories WHERE id > ? ORDER BY id LIMIT " + PAGE;
    try (PreparedStatement page = connection.prepareStatement(query)) {
      for (int i = 0; i < LISTINGS; i++) {
        page.setInt(1, Integer.parseInt(ids.get(i % ids.size())));
        try (ResultSet row = page.executeQuery()) {
          int width = row.getMetaData().getColumnCount();
          while (row.next()) {
            for (int column = 1; column <= width; column++) {
              row.getObject(column);
            }
          }
        }
      }
    }
    return (System.nanoTime() - start) / 1e3 / LISTINGS;
  }

  private void tell(String title) {
    results.raw(
        Series.text(
            title
                + ": one memory, median %.0f us by the reader, %.0f us from the legacy row; 99 of"
                + " 100 within %.0f us and %.0f us",
            ours.median.median(),
            legacy.median.median(),
            ours.slow.median(),
            legacy.slow.median()));
    results.raw(
        Series.text(
            title + ": the same legacy row by the reader, median %.0f us, 99 of 100 within %.0f us",
            legacyByUs.median.median(),
            legacyByUs.slow.median()));
    results.raw(
        Series.text(
            title
                + ": %d rows, %.0f us by the reader; legacy %.0f us with contents, %.0f us with"
                + " all columns but the content",
            PAGE,
            ours.list.median(),
            legacy.list.median(),
            legacy.listNarrow.median()));
    results.figure(
        title + ": one memory, 99th of 100",
        "",
        ours.slow.times(1e-3),
        "%.2f ms",
        Results.Better.SMALLER,
        1);
    results.ratio(title + ": one memory, median", "the legacy row", ours.median, legacy.median, 2);
    results.ratio(title + ": one memory, 99th of 100", "the legacy row", ours.slow, legacy.slow, 2);
    results.ratio(
        title + ": a page of " + PAGE + " without contents",
        "the legacy rows, as a mapper loads" + " them",
        ours.list,
        legacy.list,
        1);
    results.ratio(
        title + ": a page of " + PAGE + " without contents",
        "the legacy rows without their contents",
        ours.list,
        legacy.listNarrow,
        1);
  }
}
