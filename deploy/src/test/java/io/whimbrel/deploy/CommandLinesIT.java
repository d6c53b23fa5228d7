// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every file starts the two programs with options that they have, on ports that fit together. */
class CommandLinesIT {
  private static final Set<String> MIGRATE = Commands.optionsOf("migrate");
  private static final Set<String> WORKER = Commands.optionsOf("worker");
  private static final Pattern OPTION = Pattern.compile("(?<=\\s)--[a-z-]+");
  private static final int GRID = 5701;
  private static final int COORDINATOR_HTTP = 9400;
  private static final int WORKER_HTTP = 9401;

  @Test
  void compose_startsTheCoordinator() throws IOException {
    List<String> command = texts(service("coordinator").get("command"));

    assertThat(command.get(0)).isEqualTo("migrate");
    assertThat(options(command)).isNotEmpty().isSubsetOf(MIGRATE);
    assertListens(command, COORDINATOR_HTTP);
    assertThat(after(command, "--bind")).isEqualTo("coordinator:" + GRID);
    assertThat(health(service("coordinator"))).endsWith(":" + COORDINATOR_HTTP + "/healthz");
  }

  @Test
  void compose_startsWorkersThatFindTheCoordinator() throws IOException {
    List<String> command = texts(service("worker").get("command"));

    assertThat(options(command)).isNotEmpty().isSubsetOf(WORKER);
    assertListens(command, WORKER_HTTP);
    assertThat(after(command, "--coordinator")).isEqualTo("coordinator:" + GRID);
    assertThat(health(service("worker"))).endsWith(":" + WORKER_HTTP + "/healthz");
  }

  @Test
  void compose_publishesOnLoopbackOnly_andNeverTheWorkersPort() throws IOException {
    JsonNode services = DeployFiles.yaml("docker/compose.yaml").get("services");

    for (JsonNode service : services) {
      assertThat(texts(service.path("ports"))).allMatch(port -> port.startsWith("127.0.0.1:"));
    }
    // A fixed port of the host would be taken by the first of several workers.
    assertThat(services.at("/worker/ports").isMissingNode()).isTrue();
    assertThat(services.at("/worker/container_name").isMissingNode()).isTrue();
  }

  @Test
  void compose_passesNoSecretOutsideOfFiles() throws IOException {
    for (JsonNode service : DeployFiles.yaml("docker/compose.yaml").get("services")) {
      service
          .path("environment")
          .fieldNames()
          .forEachRemaining(
              name ->
                  assertThat(name)
                      .satisfiesAnyOf(
                          text -> assertThat(text).endsWith("_FILE"),
                          text -> assertThat(text).doesNotContainPattern("PASSWORD|SECRET")));
    }
  }

  @Test
  void kubernetes_startsTheCoordinator() throws IOException {
    JsonNode container =
        DeployFiles.yaml("kubernetes/coordinator-job.yaml").at("/spec/template/spec/containers/0");
    List<String> args = texts(container.get("args"));

    assertThat(args.get(0)).isEqualTo("migrate");
    assertThat(options(args)).isNotEmpty().isSubsetOf(MIGRATE);
    assertListens(args, COORDINATOR_HTTP);
    assertThat(after(args, "--bind")).isEqualTo("$(POD_IP):" + GRID);
    assertThat(container.at("/env/0/name").asText()).isEqualTo("POD_IP");
    assertThat(container.at("/env/0/valueFrom/fieldRef/fieldPath").asText())
        .isEqualTo("status.podIP");
    assertThat(ports(container)).containsExactlyInAnyOrder(GRID, COORDINATOR_HTTP);
    assertHardened(container);
  }

  @Test
  void kubernetes_startsWorkersThatFindTheCoordinator() throws IOException {
    JsonNode container =
        DeployFiles.yaml("kubernetes/worker-deployment.yaml")
            .at("/spec/template/spec/containers/0");
    List<String> args = texts(container.get("args"));
    JsonNode service = DeployFiles.yaml("kubernetes/coordinator-service.yaml");

    assertThat(options(args)).isNotEmpty().isSubsetOf(WORKER);
    assertListens(args, WORKER_HTTP);
    assertThat(after(args, "--coordinator"))
        .isEqualTo(service.at("/metadata/name").asText() + ":" + GRID);
    assertThat(service.at("/spec/selector"))
        .isEqualTo(
            DeployFiles.yaml("kubernetes/coordinator-job.yaml")
                .at("/spec/template/metadata/labels"));
    assertThat(ports(container)).containsExactly(WORKER_HTTP);
    assertHardened(container);
  }

  @Test
  void unit_startsAWorker_withVariablesThatItsExampleSets() throws IOException {
    String unit = Files.readString(DeployFiles.file("systemd/whimbrel-worker.service"));
    String example = Files.readString(DeployFiles.file("systemd/worker.env.example"));
    String command =
        unit.lines().filter(line -> line.startsWith("ExecStart=")).findFirst().orElseThrow();

    assertThat(matches(OPTION, command)).isNotEmpty().isSubsetOf(WORKER);
    assertThat(matches(Pattern.compile("(?<=\\$\\{)\\w+"), command))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(example).containsPattern("(?m)^" + name + "="));
  }

  @Test
  void prometheus_scrapesWhatComposeRuns() throws IOException {
    List<String> targets = new ArrayList<>();
    for (JsonNode job : DeployFiles.yaml("prometheus/prometheus.yml").get("scrape_configs")) {
      JsonNode names = job.at("/dns_sd_configs/0");
      targets.add(names.at("/names/0").asText() + ":" + names.get("port").asInt());
    }

    assertThat(targets)
        .containsExactlyInAnyOrder("coordinator:" + COORDINATOR_HTTP, "worker:" + WORKER_HTTP);
  }

  private static JsonNode service(String name) throws IOException {
    return DeployFiles.yaml("docker/compose.yaml").get("services").get(name);
  }

  private static void assertListens(List<String> command, int port) {
    assertThat(after(command, "--http")).isEqualTo("0.0.0.0:" + port);
  }

  private static void assertHardened(JsonNode container) {
    assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/healthz");
    assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/healthz");
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(texts(container.at("/securityContext/capabilities/drop"))).containsExactly("ALL");
    assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
  }

  private static String health(JsonNode service) {
    List<String> test = texts(service.at("/healthcheck/test"));
    return test.get(test.size() - 1);
  }

  private static List<Integer> ports(JsonNode container) {
    List<Integer> ports = new ArrayList<>();
    container.get("ports").forEach(port -> ports.add(port.get("containerPort").asInt()));
    return ports;
  }

  private static List<String> options(List<String> command) {
    return command.stream().filter(word -> word.startsWith("--")).toList();
  }

  private static String after(List<String> command, String option) {
    return command.get(command.indexOf(option) + 1);
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(node -> texts.add(node.asText()));
    return texts;
  }

  private static List<String> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(MatchResult::group).toList();
  }
}
