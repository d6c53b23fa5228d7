// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short trial: a store is migrated, rolled back and migrated again while another process writes
 * to it. {@code deploy/trial/run.sh} makes the long one.
 */
class LiveTrialIT {

  private static final int MEMORIES = 3_000;
  private static final Duration WINDOW = Duration.ofSeconds(1);

  private final Path folder;

  LiveTrialIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void promisesAreKept_whenAWrittenSqliteStoreIsMigratedAndBackAndAgain() throws Exception {
    keepsItsPromises("sqlite:///" + folder.resolve("store.db"), 1, 40);
  }

  @Test
  void promisesAreKept_whenAWrittenPostgresStoreIsMigratedAndBackAndAgain() throws Exception {
    try (PostgresServer server = PostgresServer.start()) {
      keepsItsPromises(server.createDatabase().url().redacted(), 3, 60);
    }
  }

  private void keepsItsPromises(String url, int writers, int rate) throws Exception {
    Path records = Files.createDirectory(folder.resolve("records"));
    TrialOutcome outcome =
        Trial.run(new TrialSettings(url, records, 1, MEMORIES, writers, rate, WINDOW, 0));

    assertThat(outcome.isClean()).as(TrialReport.of(outcome)).isTrue();
    assertThat(outcome.checks()).hasSize(3);
    assertThat(outcome.windows())
        .extracting(Window::name)
        .contains("first migration: COPYING", "rollback: starting", "after second migration");
    List<LoggedOperation> done =
        LoadSummary.writes(outcome.logs()).filter(LoggedOperation::isDone).toList();
    for (Window window : outcome.windows()) {
      if (window.name().startsWith("after") || window.name().equals("before")) {
        assertThat(done).as(window.name()).anyMatch(window::holds);
      }
    }
    assertThat(LoadSummary.errors(outcome.logs())).isEmpty();
  }
}
