// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Commands on one store, as processes that end or freeze themselves at a named point. */
final class KilledCommands {

  /** How a process says that it ended itself, without any of its shutdown hooks. */
  private static final int HALTED = 86;

  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final DemoScene scene;

  KilledCommands(DemoScene scene) {
    this.scene = scene;
  }

  /** `migrate`, killed at the point; what it had said until then. */
  String migrate(String fault) throws Exception {
    return kill(fault, scene.migrateArguments("--batch-size", "100", "--workers", "1"));
  }

  /** Another command, killed at the point. */
  String run(String fault, String command) throws Exception {
    return kill(fault, List.of(command, "--db-url", scene.store().url()));
  }

  private String kill(String fault, List<String> arguments) throws Exception {
    try (CliProcess process =
        CliProcess.start(scene.folder(), Map.of("WHIMBREL_FAULT", fault), arguments)) {
      assertThat(process.exitWithin(LIMIT))
          .as(fault + "\n" + process.out() + process.err())
          .isEqualTo(HALTED);
      return process.err();
    }
  }

  /** A command that freezes at the point, with a lease of two seconds; frozen when this returns. */
  CliProcess freeze(String point, String command) throws Exception {
    CliProcess process =
        CliProcess.start(
            scene.folder(),
            List.of("-Dwhimbrel.lease.leader.millis=2000"),
            Map.of("WHIMBREL_FAULT", point + ":stop:1"),
            List.of(command, "--db-url", scene.store().url()));
    eventually(LIMIT, () -> assertThat(process.isStopped()).isTrue());
    return process;
  }

  /** The state of the first migration of the store. */
  String state() throws Exception {
    return scene
        .store()
        .texts("SELECT state FROM whimbrel_migrations ORDER BY migration_id LIMIT 1")
        .get(0);
  }

  /** Committed ranges of memories, each with its attempt. */
  List<String> committed() throws Exception {
    return scene
        .store()
        .texts(
            "SELECT range_id || ' attempt ' || attempt FROM whimbrel_ranges WHERE kind = 'COPY' AND"
                + " state = 'DONE' ORDER BY range_id");
  }
}
