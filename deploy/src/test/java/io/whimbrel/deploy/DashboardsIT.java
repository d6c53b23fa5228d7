// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dashboards, metrics and alerts, asked of a real Prometheus. */
class DashboardsIT {

  private final Path folder;

  DashboardsIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void everyPanel_showsSomething_duringAMigrationOfAFile() throws Exception {
    assertThat(checkDashboards("sqlite"))
        .contains("metrics of processes: 1")
        .contains("of 4 dashboards asked; the migration was running");
  }

  @Test
  void everyPanel_showsSomething_duringAMigrationByTwoProcesses() throws Exception {
    Programs.needed("no panel was asked", "prometheus");
    try (PostgresServer server = PostgresServer.start()) {
      String said = checkDashboards("postgresql", server.createDatabase().url().redacted());
      assertThat(said)
          .contains("metrics of processes: 2")
          .contains("of 4 dashboards asked; the migration was running")
          .contains("Connections in use: 1 series")
          .contains("Memories a second: 2 series");
    }
  }

  // The page is for people: what the panels were fed, in the build's directory.
  private String checkDashboards(String name, String... database)
      throws IOException, InterruptedException {
    Programs.needed("no panel was asked", "prometheus");
    Programs.needed("no metric was judged", "promtool");
    Path jar = DeployFiles.file("../coordinator/target/whimbrel.jar");
    assumeTrue(Files.exists(jar), "the runnable jar is not built: no panel was asked");
    Path pages = Files.createDirectories(DeployFiles.file("target/panels"));
    Path page = pages.resolve(name + ".html");
    String script = DeployFiles.file("grafana/check-dashboards.sh").toString();
    String said =
        run(
            Stream.concat(Stream.of(script, "--page", page.toString()), Stream.of(database))
                .toList());
    assertThat(page).content().contains("Whimbrel: overview", "<polyline");
    return said;
  }

  @Test
  void alerts_fireWhenTheyShould() throws Exception {
    String promtool = Programs.needed("no alert was tried", "promtool").toString();
    String rules = DeployFiles.file("prometheus/rules.yml").toString();
    String tests = DeployFiles.file("prometheus/rules-test.yml").toString();

    assertThat(run(List.of(promtool, "check", "rules", rules))).contains("SUCCESS");
    assertThat(run(List.of(promtool, "test", "rules", tests))).contains("SUCCESS");
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    boolean ended = process.waitFor(6, TimeUnit.MINUTES);
    if (!ended) {
      process.destroy();
    }
    String said = Files.readString(out);
    assertThat(ended).as(said).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
