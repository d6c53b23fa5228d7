// SPDX-License-Identifier: Apache-2.0
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
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
 * would ask. A panel that shows nothing fails the check, unless a file lists it with its reason; so
 * does a process whose metrics promtool finds fault with.
 *
 * <p>Arguments: the runnable jar, the directory deploy/, the programs prometheus and promtool, the
 * file for a page with the data of all panels or nothing, and the address of an empty database or
 * nothing for a SQLite file. Exit code 0 when every panel shows something.
 */
public final class CheckDashboards {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Scrapes come every second; the rates of the panels look at a minute. */
  private static final int SCRAPES_MIN = 25;

  private static final Duration LIMIT = Duration.ofMinutes(4);

  private final Path deploy;
  private final Scene scene;
  private final Prometheus prometheus;
  private final PanelPage page = new PanelPage();
  private final List<String> failures = new ArrayList<>();
  private int asked;

  private CheckDashboards(Path deploy, Scene scene) {
    this.deploy = deploy;
    this.scene = scene;
    this.prometheus = scene.prometheus();
  }

  public static void main(String[] args) throws Exception {
    Path deploy = Path.of(args[1]).toAbsolutePath().normalize();
    Path jar = Path.of(args[0]).toAbsolutePath();
    boolean fine;
    try (Scene scene = new Scene(jar, deploy.resolve("prometheus/rules.yml"), args[2], args[5])) {
      scene.start();
      CheckDashboards check = new CheckDashboards(deploy, scene);
      fine = check.run(args[3]);
      if (!args[4].isEmpty()) {
        Files.writeString(Path.of(args[4]), check.page.text());
      }
    }
    System.exit(fine ? 0 : 1);
  }

  private boolean run(String promtool) throws Exception {
    awaitScrapes();
    for (String address : scene.scraped()) {
      String fault = scene.lint(promtool, address);
      if (!fault.isEmpty()) {
        failures.add("FAILED: promtool check metrics: " + fault);
      }
    }
    System.out.println("promtool has judged the metrics of processes: " + scene.scraped().size());
    Map<String, String> allowed = allowed();
    for (Path file : dashboards()) {
      JsonNode dashboard = JSON.readTree(file.toFile());
      page.dashboard(dashboard.get("title").asText());
      for (JsonNode panel : dashboard.get("panels")) {
        ask(file, panel, allowed);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d queries of %d dashboards asked; the migration was %s%n",
        asked,
        dashboards().size(),
        scene.isMigrating() ? "running" : "over");
    failures.forEach(System.out::println);
    return failures.isEmpty();
  }

  private void ask(Path file, JsonNode panel, Map<String, String> allowed) throws Exception {
    String title = panel.get("title").asText();
    List<PanelPage.Asked> answers = new ArrayList<>();
    for (JsonNode target : panel.get("targets")) {
      String expression = target.get("expr").asText();
      Prometheus.Answer answer = prometheus.ask(expression, target.path("instant").asBoolean());
      asked++;
      answers.add(new PanelPage.Asked(target, answer));
      int series = answer.series().size();
      String verdict = series > 0 ? series + " series" : "EMPTY";
      if (series == 0 && allowed.containsKey(title)) {
        verdict = "empty, as listed: " + allowed.get(title);
      }
      System.out.printf(
          Locale.ROOT, "%s: %s: %s [%s]%n", file.getFileName(), title, verdict, expression);
      if (!answer.error().isEmpty()) {
        failures.add("FAILED: " + title + ": " + answer.error());
      } else if (series == 0 && !allowed.containsKey(title)) {
        failures.add("FAILED: " + file.getFileName() + ": " + title + " is empty: " + expression);
      }
    }
    page.panel(panel, answers);
  }

  private Map<String, String> allowed() throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    JSON.readTree(deploy.resolve("grafana/may-be-empty.json").toFile())
        .properties()
        .forEach(
            entry -> {
              boolean ofSqlite = entry.getValue().asText().contains("SQLite");
              if (!ofSqlite || !scene.isCluster()) {
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

  private void awaitScrapes() throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      double scrapes = number("min(count_over_time(up[5m]))");
      double copied = number("whimbrel_store_memories_processed");
      double workers = number("count(whimbrel_claims_total{outcome='won'} > 0)");
      if (scrapes >= SCRAPES_MIN && copied > 100 && workers == scene.scraped().size()) {
        return;
      }
      if (System.nanoTime() > deadline || !scene.isMigrating()) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "too little of a running migration: %.0f scrapes, %.0f copied, %.0f at work;"
                    + " it said:%n%s",
                scrapes,
                copied,
                workers,
                scene.said("migrate")));
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private double number(String expression) throws InterruptedException {
    try {
      List<Prometheus.Series> series = prometheus.ask(expression, true).series();
      return series.isEmpty() ? 0 : series.get(0).last();
    } catch (IOException e) {
      // Prometheus is still starting.
      return 0;
    }
  }
}
