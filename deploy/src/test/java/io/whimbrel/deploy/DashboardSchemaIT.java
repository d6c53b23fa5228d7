// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Dashboards are what Grafana reads. Our schema, narrower than Grafana's, is always asked;
 * Grafana's own, which it publishes as the directory {@code jsonschema} of its Foundation SDK, when
 * the variable {@code GRAFANA_SCHEMAS} says where it lies.
 */
class DashboardSchemaIT {
  private static final String TARGET = "/panels/0/targets/0";
  private static final String DEFAULTS = "/panels/0/fieldConfig/defaults";

  @Test
  void dashboards_areOfOurSchema() throws IOException {
    Schema schema = ours();
    for (Path file : dashboards()) {
      assertThat(errors(schema, DeployFiles.json(file))).as("%s", file).isEmpty();
    }
  }

  static Stream<Named<Consumer<ObjectNode>>> faults() {
    return Stream.of(
        named("no version of the format", dashboard -> dashboard.remove("schemaVersion")),
        named("an unknown property", dashboard -> dashboard.put("surprise", 1)),
        named("an unknown panel", dashboard -> at(dashboard, "/panels/0").put("type", "pie")),
        named("no query", dashboard -> at(dashboard, "/panels/0").remove("targets")),
        named("an empty query", dashboard -> at(dashboard, TARGET).put("expr", "")),
        named("a number over time", dashboard -> at(dashboard, TARGET).put("instant", false)),
        named("too wide", dashboard -> at(dashboard, "/panels/0/gridPos").put("w", 25)),
        named("a mode", dashboard -> at(dashboard, "/panels/0/options").put("textMode", "loud")),
        named("a unit", dashboard -> at(dashboard, DEFAULTS).put("unit", "furlongs")));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void schema_refuses_whatGrafanaWouldNotDraw(Consumer<ObjectNode> fault) throws IOException {
    ObjectNode dashboard =
        (ObjectNode)
            DeployFiles.json(DeployFiles.file("grafana/dashboards/whimbrel-overview.json"));
    fault.accept(dashboard);

    assertThat(errors(ours(), dashboard)).isNotEmpty();
  }

  private static Named<Consumer<ObjectNode>> named(String name, Consumer<ObjectNode> fault) {
    return Named.of(name, fault);
  }

  private static ObjectNode at(ObjectNode dashboard, String pointer) {
    return (ObjectNode) dashboard.at(pointer);
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "GRAFANA_SCHEMAS",
      matches = ".+",
      disabledReason = "GRAFANA_SCHEMAS names no directory: Grafana's own schema was not asked")
  void dashboards_areOfGrafanasSchema() throws IOException {
    Schema dashboard = grafanas("dashboard", "");
    Schema query = grafanas("prometheus", "");
    Schema lines = grafanas("timeseries", "#/definitions/FieldConfig");
    for (Path file : dashboards()) {
      JsonNode json = DeployFiles.json(file);
      assertThat(errors(dashboard, json)).as("%s", file).isEmpty();
      for (JsonNode panel : json.get("panels")) {
        String title = panel.get("title").asText();
        Schema options = grafanas(panel.get("type").asText(), "#/definitions/Options");
        assertThat(errors(options, panel.get("options"))).as(title).isEmpty();
        JsonNode custom = panel.at("/fieldConfig/defaults/custom");
        if (!custom.isMissingNode()) {
          assertThat(errors(lines, custom)).as(title).isEmpty();
        }
        for (JsonNode target : panel.get("targets")) {
          assertThat(errors(query, target)).as(title).isEmpty();
        }
      }
    }
  }

  private static Schema ours() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            DashboardSchemaIT.class.getResourceAsStream("dashboard.schema.json"))) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8), InputFormat.JSON);
    }
  }

  private static Schema grafanas(String name, String definition) throws IOException {
    Path file = Path.of(System.getenv("GRAFANA_SCHEMAS"), name + ".jsonschema.json");
    String id = "urn:grafana:" + name;
    return SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_7, builder -> builder.schemas(Map.of(id, read(file))))
        .getSchema(SchemaLocation.of(id + definition));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Error> errors(Schema schema, JsonNode json) {
    return schema.validate(json.toString(), InputFormat.JSON);
  }

  private static List<Path> dashboards() throws IOException {
    Path folder = DeployFiles.file("grafana/dashboards");
    List<Path> found =
        DeployFiles.named(name -> name.endsWith(".json")).stream()
            .filter(file -> file.startsWith(folder))
            .toList();
    assertThat(found).hasSize(4);
    return found;
  }
}
