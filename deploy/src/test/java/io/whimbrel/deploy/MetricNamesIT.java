// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.whimbrel.metrics.Metric;
import io.whimbrel.metrics.MetricType;
import io.whimbrel.metrics.Role;
import io.whimbrel.metrics.WhimbrelMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Dashboards and alerts ask only for series and labels that the processes really have. */
class MetricNamesIT {
  private static final Pattern SERIES =
      Pattern.compile("\\b(?:whimbrel|jvm|process|system|hikaricp)_\\w+");
  private static final Pattern MATCHED_LABEL = Pattern.compile("(whimbrel_\\w+)\\{(\\w+)[=!]");
  private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on) \\(([^)]*)\\)");
  private static final Set<String> LABELS_OF_PROMETHEUS =
      Set.of("instance", "job", "le", "alertname", "alertstate");

  /** What only a process with a pool of connections has, or one that has collected garbage. */
  private static final Set<String> SERIES_OF_OTHERS =
      Set.of(
          "hikaricp_connections_active",
          "hikaricp_connections_idle",
          "hikaricp_connections_pending",
          "hikaricp_connections_acquire_seconds_sum",
          "hikaricp_connections_acquire_seconds_count",
          "jvm_gc_pause_seconds_sum");

  @Test
  void dashboards_askForWhatExists() throws IOException {
    List<String> expressions = dashboardExpressions();

    assertThat(expressions).hasSizeGreaterThan(60);
    assertThat(unknownSeries(expressions)).isEmpty();
    assertThat(unknownLabels(expressions)).isEmpty();
  }

  @Test
  void dashboards_showEveryMetric() throws IOException {
    String all = String.join("\n", dashboardExpressions());

    for (Metric metric : Metric.values()) {
      assertThat(all).contains(metric.family());
    }
  }

  @Test
  void dashboardPanels_haveUniqueIdsAndDoNotOverlap() throws IOException {
    for (Path file : dashboards()) {
      Set<Integer> ids = new HashSet<>();
      Set<String> cells = new HashSet<>();
      for (JsonNode panel : DeployFiles.json(file).get("panels")) {
        String title = file.getFileName() + ": " + panel.get("title").asText();
        assertThat(ids.add(panel.get("id").asInt())).as(title).isTrue();
        assertThat(panel.get("description").asText()).as(title).endsWith(".");
        JsonNode box = panel.get("gridPos");
        assertThat(box.get("x").asInt() + box.get("w").asInt()).isLessThanOrEqualTo(24);
        for (int x = 0; x < box.get("w").asInt(); x++) {
          for (int y = 0; y < box.get("h").asInt(); y++) {
            String cell = (box.get("x").asInt() + x) + "," + (box.get("y").asInt() + y);
            assertThat(cells.add(cell)).as("%s at %s", title, cell).isTrue();
          }
        }
      }
    }
  }

  @Test
  void dashboards_useTheProvisionedDataSource() throws IOException {
    String provisioned =
        DeployFiles.yaml("grafana/provisioning/datasources/prometheus.yaml")
            .at("/datasources/0/uid")
            .asText();

    Set<String> uids = new HashSet<>();
    for (Path file : dashboards()) {
      JsonNode dashboard = DeployFiles.json(file);
      assertThat(dashboard.at("/templating/list/0/current/value").asText()).isEqualTo(provisioned);
      assertThat(uids.add(dashboard.get("uid").asText())).isTrue();
    }
    assertThat(uids).hasSize(4);
  }

  @Test
  void alerts_leadToAPageOfTheirOwn() throws IOException {
    for (JsonNode rule : DeployFiles.yaml("prometheus/rules.yml").at("/groups/0/rules")) {
      String alert = rule.get("alert").asText();
      String page = rule.at("/annotations/runbook").asText();
      assertThat(page).as(alert).endsWith("docs/operating/alerts/" + alert + ".md");
      Path file = DeployFiles.file("..").resolve(page.substring(page.indexOf("docs/")));
      assertThat(Files.readString(file)).as(page).startsWith("# " + alert);
    }
  }

  @Test
  void alerts_haveATestThatFiresAndOneThatDoesNot() throws IOException {
    Set<String> fires = new HashSet<>();
    Set<String> quiet = new HashSet<>();
    for (JsonNode test : DeployFiles.yaml("prometheus/rules-test.yml").get("tests")) {
      for (JsonNode expected : test.get("alert_rule_test")) {
        (expected.path("exp_alerts").isEmpty() ? quiet : fires)
            .add(expected.get("alertname").asText());
      }
    }
    List<String> alerts = DeployFiles.yaml("prometheus/rules.yml").findValuesAsText("alert");
    assertThat(fires).containsExactlyInAnyOrderElementsOf(alerts);
    assertThat(quiet).containsExactlyInAnyOrderElementsOf(alerts);
  }

  @Test
  void rules_askOnlyForWhatExists() throws IOException {
    List<String> expressions = DeployFiles.yaml("prometheus/rules.yml").findValuesAsText("expr");

    assertThat(expressions).isNotEmpty();
    assertThat(unknownSeries(expressions)).isEmpty();
    assertThat(unknownLabels(expressions)).isEmpty();
  }

  @Test
  void unknownNames_areFound() {
    assertThat(unknownSeries(List.of("rate(whimbrel_memories_total[1m])", "jvm_no_such")))
        .containsExactly("whimbrel_memories_total", "jvm_no_such");
    assertThat(unknownLabels(List.of("whimbrel_commits_total{stage=\"x\"}", "sum by (key) (x)")))
        .containsExactly("whimbrel_commits_total{stage}", "key");
  }

  private static List<Path> dashboards() throws IOException {
    Path folder = DeployFiles.file("grafana/dashboards");
    return DeployFiles.named(name -> name.endsWith(".json")).stream()
        .filter(file -> file.startsWith(folder))
        .toList();
  }

  private static List<String> dashboardExpressions() throws IOException {
    List<String> expressions = new ArrayList<>();
    for (Path file : dashboards()) {
      expressions.addAll(DeployFiles.json(file).get("panels").findValuesAsText("expr"));
    }
    return expressions;
  }

  private static List<String> unknownSeries(List<String> expressions) {
    Set<String> known = new HashSet<>(SERIES_OF_OTHERS);
    for (Metric metric : Metric.values()) {
      known.addAll(series(metric));
    }
    try (WhimbrelMetrics metrics = new WhimbrelMetrics(EnumSet.noneOf(Role.class))) {
      SERIES.matcher(metrics.scrape()).results().map(MatchResult::group).forEach(known::add);
    }
    return expressions.stream()
        .flatMap(expression -> SERIES.matcher(expression).results().map(MatchResult::group))
        .filter(name -> !known.contains(name))
        .toList();
  }

  private static List<String> series(Metric metric) {
    String family = metric.family();
    if (metric.type() == MetricType.HISTOGRAM) {
      return List.of(family + "_bucket", family + "_sum", family + "_count");
    }
    if (metric.type() == MetricType.SUMMARY) {
      return List.of(family + "_sum", family + "_count");
    }
    return List.of(family);
  }

  private static List<String> unknownLabels(List<String> expressions) {
    List<String> unknown = new ArrayList<>();
    Set<String> everywhere = new HashSet<>(LABELS_OF_PROMETHEUS);
    for (Metric metric : Metric.values()) {
      everywhere.addAll(metric.labels());
    }
    for (String expression : expressions) {
      MATCHED_LABEL
          .matcher(expression)
          .results()
          .filter(match -> !labels(match.group(1)).contains(match.group(2)))
          .forEach(match -> unknown.add(match.group(1) + "{" + match.group(2) + "}"));
      GROUPING
          .matcher(expression)
          .results()
          .flatMap(match -> Pattern.compile("\\w+").matcher(match.group(1)).results())
          .map(MatchResult::group)
          .filter(label -> !everywhere.contains(label))
          .forEach(unknown::add);
    }
    return unknown;
  }

  private static Set<String> labels(String series) {
    Set<String> labels = new HashSet<>(LABELS_OF_PROMETHEUS);
    for (Metric metric : Metric.values()) {
      if (series(metric).contains(series)) {
        labels.addAll(metric.labels());
      }
    }
    return labels;
  }
}
