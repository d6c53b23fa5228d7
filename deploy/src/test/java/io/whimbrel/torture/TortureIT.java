// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A short series; {@code deploy/torture/run.sh} starts long ones. */
class TortureIT {

  private static final int MEMORIES = 5_000;
  private static final Path JAR =
      Path.of("..", "coordinator", "target", "whimbrel.jar").toAbsolutePath().normalize();

  private final Path folder;

  TortureIT(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) {
    this.folder = folder;
  }

  @Test
  void memories_areAllThereOnce_whenProcessesOfSqliteFail() throws Exception {
    try (Bench bench = bench(null)) {
      List<RunResult> results = series(bench, 3);

      assertThat(results).allMatch(RunResult::isGood);
      assertThat(results).anyMatch(result -> !result.fired().isEmpty());
      assertThat(results).filteredOn(RunResult::loaded).hasSize(2);
      assertThat(results)
          .filteredOn(RunResult::loaded)
          .allMatch(result -> result.acknowledged() > 0);
    }
  }

  @Test
  void memories_areAllThereOnce_whenProcessesAndConnectionsOfPostgresFail() throws Exception {
    try (TrustingServer server = new TrustingServer(PostgresServer.start());
        Bench bench = bench(server)) {
      List<RunResult> results = series(bench, 4);

      assertThat(results).allMatch(RunResult::isGood);
      assertThat(results).anyMatch(result -> !result.fired().isEmpty());
      assertThat(results).filteredOn(RunResult::loaded).hasSize(2);
      assertThat(results)
          .filteredOn(RunResult::loaded)
          .allMatch(result -> result.acknowledged() > 0);
    }
  }

  private Bench bench(@Nullable DatabaseServer server) throws Exception {
    assertThat(JAR).as("the jar of the coordinator; build it first").exists();
    return Bench.make(new Jvm.Launch(JAR, folder, Map.of()), folder, MEMORIES, server);
  }

  private static List<RunResult> series(Bench bench, int runs) throws Exception {
    List<RunResult> results = new ArrayList<>();
    for (long seed : seeds(bench.terms(), runs)) {
      results.add(bench.run(seed));
    }
    return results;
  }

  // The first seeds whose plans differ in what they try most of all.
  private static List<Long> seeds(RunPlan.Terms terms, int count) {
    List<Predicate<RunPlan>> wanted =
        List.of(
            plan ->
                plan.wish() == RunPlan.Wish.MIGRATE
                    && plan.loaded()
                    && kinds(plan).contains("stop, replaced"),
            plan ->
                plan.wish() == RunPlan.Wish.ROLLBACK_AFTER
                    && plan.loaded()
                    && kinds(plan).contains("kill"),
            plan ->
                plan.wish() == RunPlan.Wish.MIGRATE
                    && !plan.loaded()
                    && kinds(plan).contains("kill"),
            plan ->
                !plan.loaded()
                    && plan.wish() == RunPlan.Wish.MIGRATE
                    && kinds(plan).contains("cut database, deaf")
                    && kinds(plan).contains("cut grid, stall"));
    return wanted.stream()
        .limit(count)
        .map(
            wish ->
                LongStream.rangeClosed(1, 10_000)
                    .filter(seed -> wish.test(RunPlan.of(seed, terms)))
                    .findFirst()
                    .orElseThrow())
        .toList();
  }

  private static List<String> kinds(RunPlan plan) {
    return plan.faults().stream().map(fault -> fault.deed().kind()).toList();
  }

  /** The server of the tests, which lets everybody of this machine in. */
  private record TrustingServer(PostgresServer server, int port) implements DatabaseServer {

    TrustingServer(PostgresServer server) throws SQLException {
      this(server, server.createDatabase().url().port());
    }

    @Override
    public String user() {
      return "postgres";
    }

    @Override
    public String password() {
      return "";
    }

    @Override
    public boolean canCrash() {
      return false;
    }

    @Override
    public void crash() {
      throw new UnsupportedOperationException("other tests use it too");
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
