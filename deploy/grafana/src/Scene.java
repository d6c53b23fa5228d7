// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The processes of the check: a store, a coordinator, on PostgreSQL a worker of its own beside it,
 * and a Prometheus that scrapes them every second with our alerts loaded. Closing it ends them all
 * and removes what they wrote.
 */
final class Scene implements AutoCloseable {
  private static final int MEMORIES = 30_000;
  private static final String SECRET = "of-the-check-of-dashboards-0";

  private final Path jar;
  private final String prometheus;
  private final Path rules;
  private final Path folder;
  private final String database;
  private final boolean cluster;
  private final List<Process> started = new ArrayList<>();

  /** Addresses of what is scraped, by job. */
  private final Map<String, String> targets = new TreeMap<>();

  private final int prometheusPort = freePort();
  private Process migration;

  Scene(Path jar, Path rules, String prometheus, String database) throws IOException {
    this.jar = jar;
    this.rules = rules;
    this.prometheus = prometheus;
    this.folder = Files.createTempDirectory("whimbrel-dashboards-");
    this.database = database.isEmpty() ? "sqlite:///" + folder.resolve("memory.db") : database;
    this.cluster = !this.database.startsWith("sqlite:");
  }

  /**
   * Starts everything: with ranges of one memory, so that the copy lasts as long as it is looked
   * at, and a cut-over that is held back, so that no fast machine is done before.
   */
  void start() throws IOException, InterruptedException {
    Process demo = whimbrel("demo", "--memories", Integer.toString(MEMORIES));
    if (demo.waitFor() != 0) {
      throw new IllegalStateException("no store was made:\n" + said("demo"));
    }
    targets.put("whimbrel-coordinator", "127.0.0.1:" + freePort());
    List<String> options =
        new ArrayList<>(
            List.of(
                "--backup", "none", "--batch-size", "1", "--workers", "1", "--postpone-cut-over",
                "--http", targets.get("whimbrel-coordinator"),
                "--report-dir", folder.resolve("reports").toString()));
    String grid = "127.0.0.1:" + freePort();
    if (cluster) {
      options.addAll(List.of("--bind", grid));
      targets.put("whimbrel-worker", "127.0.0.1:" + freePort());
    }
    migration = whimbrel("migrate", options.toArray(String[]::new));
    if (cluster) {
      whimbrel(
          "worker", "--coordinator", grid, "--threads", "1", "--http",
          targets.get("whimbrel-worker"));
    }
    startPrometheus();
  }

  boolean isCluster() {
    return cluster;
  }

  boolean isMigrating() {
    return migration.isAlive();
  }

  /** The addresses of the processes that are scraped. */
  List<String> scraped() {
    return List.copyOf(targets.values());
  }

  Prometheus prometheus() {
    return new Prometheus(prometheusPort);
  }

  /** What a command wrote. */
  String said(String command) throws IOException {
    return Files.readString(folder.resolve(command + ".log"));
  }

  /** Has promtool judge the names, types and units of what a process serves. */
  String lint(String promtool, String address) throws IOException, InterruptedException {
    Path scrape = folder.resolve("scrape.txt");
    URI uri = URI.create("http://" + address + "/metrics");
    HttpRequest request = HttpRequest.newBuilder(uri).build();
    // Whole: a shorter scrape over a longer one's file would keep the rest of that.
    Files.writeString(
        scrape, HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
    Path said = folder.resolve("promtool.log");
    Process process =
        new ProcessBuilder(promtool, "check", "metrics")
            .redirectInput(scrape.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    int code = process.waitFor();
    String words = Files.readString(said).strip();
    return code == 0 && words.isEmpty() ? "" : words + " (exit code " + code + ")";
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
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(command + ".log").toFile());
    builder.environment().put("WHIMBREL_CLUSTER_SECRET", SECRET);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private void startPrometheus() throws IOException {
    StringBuilder config = new StringBuilder();
    config.append("global: {scrape_interval: 1s, evaluation_interval: 1s}\n");
    config.append(String.format(Locale.ROOT, "rule_files: ['%s']%n", rules));
    config.append("scrape_configs:\n");
    targets.forEach(
        (job, address) ->
            config.append(
                String.format(
                    Locale.ROOT,
                    "  - {job_name: %s, static_configs: [{targets: ['%s']}]}%n",
                    job,
                    address)));
    Path file = folder.resolve("prometheus.yml");
    Files.writeString(file, config);
    started.add(
        new ProcessBuilder(
                prometheus,
                "--config.file=" + file,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + prometheusPort)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    for (Process process : started) {
      process.destroy();
    }
    try {
      for (Process process : started) {
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      }
    } catch (InterruptedException e) {
      started.forEach(Process::destroyForcibly);
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(Scene::delete);
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
