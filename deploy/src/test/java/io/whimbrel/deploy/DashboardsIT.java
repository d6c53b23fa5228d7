// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dashboards and alerts, asked of a real Prometheus. */
class DashboardsIT {

  private final Path folder;

  DashboardsIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void everyPanel_showsSomething_duringAMigration() throws Exception {
    assumeTrue(has("prometheus"), "no prometheus on this machine: no panel was asked");
    Path jar = DeployFiles.file("../coordinator/target/whimbrel.jar");
    assumeTrue(Files.exists(jar), "the runnable jar is not built: no panel was asked");

    assertThat(run(DeployFiles.file("grafana/check-dashboards.sh").toString()))
        .contains("of 4 dashboards asked; the migration was running");
  }

  @Test
  void alerts_fireWhenTheyShould() throws Exception {
    assumeTrue(has("promtool"), "no promtool on this machine: no alert was tried");
    String rules = DeployFiles.file("prometheus/rules.yml").toString();
    String tests = DeployFiles.file("prometheus/rules-test.yml").toString();

    assertThat(run("promtool", "check", "rules", rules)).contains("SUCCESS");
    assertThat(run("promtool", "test", "rules", tests)).contains("SUCCESS");
  }

  private String run(String... command) throws IOException, InterruptedException {
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

  private static boolean has(String program) {
    return List.of(System.getenv("PATH").split(":", -1)).stream()
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
