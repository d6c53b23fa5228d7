// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.whimbrel.demo.DemoOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs for programs: every line is an object and says what it is about. */
class JsonLogIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  JsonLogIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void lines_sayWhatTheyAreAbout_andAreNothingButJson() throws Exception {
    DemoScene scene = DemoScene.make(Backend.SQLITE, folder, DemoOptions.of(300));
    List<JsonNode> lines = new ArrayList<>();
    try (CliProcess run =
        CliProcess.start(
            scene.folder(),
            scene.migrateArguments("--log-format", "json", "--verbose", "--workers", "1"))) {
      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
      assertThat(run.out()).as("nothing but the summary").startsWith("Migration ");
      for (String line : run.err().lines().toList()) {
        lines.add(JSON.readTree(line));
      }
    }
    assertThat(lines).allMatch(JsonNode::isObject);
    // The first says that the migration begins, and is about nothing yet.
    assertThat(lines.subList(1, lines.size()))
        .allSatisfy(line -> assertThat(line.at("/mdc/migration").asText()).isEqualTo("1"));
    assertThat(lines).extracting(JsonLogIT::message).contains("progress");
    assertThat(lines)
        .filteredOn(line -> message(line).startsWith("range committed"))
        .isNotEmpty()
        .allSatisfy(
            line -> {
              assertThat(line.at("/mdc/worker").asText()).startsWith("embedded-");
              assertThat(line.at("/mdc/range").asText()).matches("\\d+");
              assertThat(line.at("/mdc/attempt").asText()).isEqualTo("1");
            });
  }

  private static String message(JsonNode line) {
    return line.get("formattedMessage").asText();
  }

  @Test
  void errors_areOneLineOfJsonToo() throws Exception {
    try (CliProcess run =
        CliProcess.start(
            folder, "migrate", "--db-url", "sqlite:///./none.db", "--log-format=json")) {
      assertThat(run.exitWithin(LIMIT)).isEqualTo(2);
      assertThat(JSON.readTree(run.err()).get("level").asText()).isEqualTo("ERROR");
      assertThat(run.err().lines()).hasSize(1);
    }
  }
}
