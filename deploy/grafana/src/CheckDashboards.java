// SPDX-License-Identifier: Apache-2.0
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a real migration under a real Prometheus and asks it what every panel of every dashboard
 * would ask. A panel that shows nothing fails the check, unless a file lists it with its reason.
 *
 * <p>Arguments: the runnable jar, the directory deploy/, the program prometheus, and the address of
 * an empty database, or nothing for a SQLite file. Exit code 0 when every panel shows something.
 */
public final class CheckDashboards {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** Scrapes come every second; the rates of the panels look at a minute. */
  private static final int SCRAPES_MIN = 20;

  private static final Duration LIMIT = Duration.ofMinutes(4);

  private final Path jar;
  private final Path deploy;
  private final String prometheus;
  private final String database;
  private final Path folder;
  private final int prometheusPort;
  private final int http;
  private final List<Process> started = new ArrayList<>();

  private CheckDashboards(Path jar, Path deploy, String prometheus, String database)
      throws IOException {
    this.jar = jar;
    this.deploy = deploy;
    this.prometheus = prometheus;
    this.folder = Files.createTempDirectory("whimbrel-dashboards-");
    this.database = database.isEmpty() ? "sqlite:///" + folder.resolve("memory.db") : database;
    this.prometheusPort = freePort();
    this.http = freePort();
  }

  public static void main(String[] args) throws Exception {
    CheckDashboards check =
        new CheckDashboards(
            Path.of(args[0]).toAbsolutePath(),
            Path.of(args[1]).toAbsolutePath(),
            args[2],
            args.length > 3 ? args[3] : "");
    boolean fine;
    try {
      fine = check.run();
    } finally {
      check.end();
    }
    System.exit(fine ? 0 : 1);
  }

  private boolean run() throws Exception {
    whimbrel("demo", "--memories", "30000").waitFor();
    startPrometheus();
    Process migration =
        whimbrel(
            "migrate", "--backup", "none", "--batch-size", "3", "--workers", "1", "--http",
            "127.0.0.1:" + http, "--report-dir", folder.resolve("reports").toString());
    awaitScrapes(migration);
    Map<String, String> allowed = allowed();
    List<String> failures = new ArrayList<>();
    int asked = 0;
    for (Path file : dashboards()) {
      for (JsonNode panel : JSON.readTree(file.toFile()).get("panels")) {
        asked += panel.get("targets").size();
        check(file, panel, allowed, failures);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d queries of %d dashboards asked; the migration was %s%n",
        asked,
        dashboards().size(),
        migration.isAlive() ? "running" : "over");
    failures.forEach(System.out::println);
    return failures.isEmpty();
  }

  private void check(
      Path file, JsonNode panel, Map<String, String> allowed, List<String> failures)
      throws Exception {
    String title = panel.get("title").asText();
    for (JsonNode target : panel.get("targets")) {
      String expression = target.get("expr").asText();
      JsonNode answer = ask(expression);
      int series = answer.at("/data/result").size();
      String verdict = series > 0 ? series + " series" : "EMPTY";
      if (series == 0 && allowed.containsKey(title)) {
        verdict = "empty, as listed: " + allowed.get(title);
      }
      System.out.printf(
          Locale.ROOT, "%s: %s: %s [%s]%n", file.getFileName(), title, verdict, expression);
      if (!answer.path("status").asText().equals("success")) {
        failures.add("FAILED: " + title + ": " + answer.path("error").asText());
      } else if (series == 0 && !allowed.containsKey(title)) {
        failures.add("FAILED: " + file.getFileName() + ": " + title + " is empty: " + expression);
      }
    }
  }

  private Map<String, String> allowed() throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    JsonNode listed = JSON.readTree(deploy.resolve("grafana/may-be-empty.json").toFile());
    listed
        .properties()
        .forEach(
            entry -> {
              boolean ofSqlite = entry.getValue().asText().contains("SQLite");
              if (!ofSqlite || database.startsWith("sqlite:")) {
                reasons.put(entry.getKey(), entry.getValue().asText());
              }
            });
    return reasons;
  }

  private List<Path> dashboards() throws IOException {
    try (Stream<Path> files = Files.list(deploy.resolve("grafana/dashboards"))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private void startPrometheus() throws IOException {
    Path rules = deploy.resolve("prometheus/rules.yml");
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(
        config,
        String.format(
            Locale.ROOT,
            """
            global:
              scrape_interval: 1s
              evaluation_interval: 1s
            rule_files: ['%s']
            scrape_configs:
              - job_name: whimbrel-coordinator
                static_configs:
                  - targets: ['127.0.0.1:%d']
            """,
            rules,
            http));
    started.add(
        new ProcessBuilder(
                prometheus,
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + prometheusPort)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start());
  }

  private Process whimbrel(String command, String... more) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-jar",
                jar.toString(),
                command,
                "--db-url",
                database));
    line.addAll(List.of(more));
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(command + ".log").toFile())
            .start();
    started.add(process);
    return process;
  }

  private void awaitScrapes(Process migration) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      double scrapes = number("count_over_time(whimbrel_leader[5m])");
      double copied = number("whimbrel_store_memories_processed");
      if (scrapes >= SCRAPES_MIN && copied > 100) {
        return;
      }
      if (System.nanoTime() > deadline || !migration.isAlive()) {
        throw new IllegalStateException(
            "too few scrapes of a running migration: "
                + scrapes
                + "; it said:\n"
                + Files.readString(folder.resolve("migrate.log")));
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private double number(String expression) throws InterruptedException {
    try {
      return ask(expression).at("/data/result/0/value/1").asDouble(0);
    } catch (IOException | UncheckedIOException e) {
      // Prometheus is still starting.
      return 0;
    }
  }

  private JsonNode ask(String expression) throws IOException, InterruptedException {
    String query = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    URI uri =
        URI.create("http://127.0.0.1:" + prometheusPort + "/api/v1/query?query=" + query);
    return JSON.readTree(
        CLIENT.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void end() throws IOException, InterruptedException {
    for (Process process : started) {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(CheckDashboards::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
