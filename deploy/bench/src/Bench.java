// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Runs the chosen rows one after the other and prints the table. */
final class Bench {
  private static final Clock UTC = Clock.systemUTC();

  private final Settings settings;
  private final Results results;
  private Postgres postgres;
  private Filler filler;
  private PostgresRows.Times small;
  private boolean failed;

  private Bench(Settings settings, Results results) {
    this.settings = settings;
    this.results = results;
  }

  public static void main(String[] arguments) throws Exception {
    Settings settings;
    try {
      settings =
          Settings.parse(
              Path.of(arguments[0]),
              Path.of(arguments[1]),
              Arrays.asList(arguments).subList(2, arguments.length));
    } catch (IllegalArgumentException e) {
      System.err.println("run.sh: " + e.getMessage());
      System.exit(2);
      return;
    }
    String now = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmm").format(LocalDateTime.now(UTC));
    Path file = settings.root().resolve("deploy/bench/results/" + now + ".md");
    Results results = new Results(file);
    // Whoever stops the benchmark stops what it runs.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> ProcessHandle.current().children().forEach(ProcessHandle::destroy)));
    Bench bench = new Bench(settings, results);
    bench.run();
    System.out.print(results.page());
    Progress.say("kept in " + file);
    System.exit(bench.failed ? 1 : 0);
  }

  private void run() throws Exception {
    machine();
    try {
      stores();
    } finally {
      if (postgres != null) {
        postgres.close();
      }
    }
    results.fact("Load of the machine at the end: " + load() + ".");
  }

  private void stores() throws Exception {
    if (settings.has("pg-copy") || settings.has("scaling")) {
      row("pg-copy", () -> small = postgresRows().measure(Mix.MIXED, settings.memories(), 0.5, 1));
    }
    row("scaling", () -> scaling(postgresRows().measure(Mix.MIXED, settings.large(), 0.5, 0.75)));
    row("pg-short", () -> postgresRows().measure(Mix.SHORT, settings.large(), 1, 1.5));
    row("sqlite", () -> new SqliteRows(settings, results, filler()).measure());
    row("ratio", () -> new RatioRow(settings, results).measure());
    if (List.of("size", "peers", "read", "workers", "ceiling").stream().anyMatch(settings::has)) {
      String base = filler().postgres(postgres(), "mixed", Mix.MIXED, settings.memories());
      row("size", () -> new SizeRow(settings, results, postgres()).measure(base));
      row("peers", () -> new PeerRows(settings, results, postgres()).measure(base));
      row("read", () -> new ReadRow(settings, results, postgres()).measure(base));
      row("workers", () -> new WorkersRow(settings, results, postgres()).measure(base));
      row("ceiling", () -> new CeilingRow(settings, results, postgres()).measure(base));
      postgres().drop(base);
    }
    row("memory", () -> new MemoryRow(settings, results, postgres(), filler()).measure());
    row("start", () -> new StartRow(settings, results, postgres(), filler()).measure());
  }

  private interface Measuring {
    void run() throws Exception;
  }

  // A row that cannot be measured says so, and the others are measured all the same.
  private void row(String name, Measuring measuring) throws InterruptedException {
    if (!settings.has(name) && !(name.equals("pg-copy") && settings.has("scaling"))) {
      return;
    }
    try {
      measuring.run();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      e.printStackTrace();
      failed = true;
      results.line(name, "", "", "not measured: " + firstLine(e), "no");
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).split("\n", 2)[0];
  }

  private void scaling(PostgresRows.Times large) {
    if (small == null) {
      throw new IllegalStateException("the smaller store was not measured");
    }
    String title =
        Series.text("time per memory at %,d and %,d memories", large.memories, small.memories);
    results.ratio(
        title + ": copy phase",
        "the smaller store",
        large.copy.times(1.0 / large.memories),
        small.copy.times(1.0 / small.memories),
        1.1);
    results.ratio(
        title + ": whole command",
        "the smaller store",
        large.command.times(1.0 / large.memories),
        small.command.times(1.0 / small.memories),
        1.1);
  }

  private PostgresRows postgresRows() throws Exception {
    return new PostgresRows(settings, results, postgres(), filler());
  }

  private Postgres postgres() throws Exception {
    if (postgres == null) {
      postgres = Postgres.open(settings);
      results.fact(postgres.describe() + ".");
    }
    return postgres;
  }

  private Filler filler() throws Exception {
    if (filler == null) {
      Texts texts = Texts.of(settings);
      results.fact("Contents: " + texts.origin() + ".");
      filler = new Filler(settings, texts);
    }
    return filler;
  }

  private void machine() throws IOException, InterruptedException {
    String version =
        output("git", "-C", settings.root().toString(), "describe", "--always", "--dirty");
    String processor =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.replaceFirst("^[^:]*: *", ""))
            .findFirst()
            .orElse("unknown");
    long kilobytes =
        Long.parseLong(Files.readAllLines(Path.of("/proc/meminfo")).get(0).replaceAll("\\D", ""));
    results.fact("Version " + version + ", measured " + LocalDateTime.now(UTC).toLocalDate() + ".");
    results.fact(
        Series.text(
            "%d processors (%s), %.0f GB of memory, stores on %s, Java %s.",
            Runtime.getRuntime().availableProcessors(),
            processor,
            kilobytes / 1e6,
            Files.getFileStore(settings.work()).type(),
            System.getProperty("java.version")));
    results.fact(
        settings.runs()
            + " runs of each kind, alternating, each round on a fresh copy of the same store that"
            + " was read once before; load at the start: "
            + load()
            + ".");
  }

  private static String load() throws IOException {
    return String.join(
        " ", List.of(Files.readString(Path.of("/proc/loadavg")).split(" ", 0)).subList(0, 3));
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).start();
    String text = new String(process.getInputStream().readAllBytes());
    return process.waitFor() == 0 ? text.strip().toLowerCase(Locale.ROOT) : "unknown";
  }
}
