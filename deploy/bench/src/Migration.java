// SPDX-License-Identifier: Apache-2.0

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One run of our command, by what its report says. */
record Migration(
    long commandMillis,
    double residentMegabytes,
    double processorSeconds,
    Map<String, Long> phases,
    JsonNode report) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Migrates a store as a user would, with all checks.
   *
   * @param name where its output and its report go
   * @param more options
   */
  static Migration run(
      Settings settings, String name, String url, Map<String, String> environment, String... more)
      throws IOException, InterruptedException {
    Path directory = settings.work().resolve("runs").resolve(name);
    List<String> command = new ArrayList<>();
    command.add(settings.launcher("whimbrel"));
    command.addAll(List.of("migrate", "--db-url", url));
    command.addAll(List.of("--report-dir", directory.resolve("report").toString()));
    command.addAll(List.of(more));
    Command.Run run = Command.run(directory.resolve("output"), environment, command);
    return of(run, directory);
  }

  private static Migration of(Command.Run run, Path directory) throws IOException {
    JsonNode report;
    try (Stream<Path> files = Files.walk(directory)) {
      Path file = files.filter(path -> path.endsWith("report.json")).findFirst().orElseThrow();
      report = JSON.readTree(file.toFile());
    }
    if (!report.get("outcome").asText().equals("COMPLETED")) {
      throw new IOException("a measured migration did not complete: " + report.get("outcome"));
    }
    Map<String, Long> phases = new TreeMap<>();
    for (JsonNode phase : report.get("phases")) {
      phases.merge(phase.get("name").asText(), phase.get("elapsedMillis").asLong(), Long::sum);
    }
    return new Migration(
        run.millis(), run.residentMegabytes(), run.processorSeconds(), phases, report);
  }

  long phase(String name) {
    return phases.getOrDefault(name, 0L);
  }

  /** Rows and segments written and checked, and all that comes before the verification. */
  long copyMillis() {
    return phase("COPYING") + phase("CATCHING_UP");
  }

  long memories() {
    return report.get("memories").get("total").asLong();
  }

  double contentRatio() {
    JsonNode bytes = report.get("bytes");
    return bytes.get("contentStoredBefore").asDouble()
        / bytes.get("contentCompressedAfter").asDouble();
  }
}
