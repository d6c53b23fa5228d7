// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process that is gone from one moment to the next, anywhere in its run; the same command then
 * goes on. The seed chooses the moment.
 */
class KillIT {

  /** More of them by the system property. */
  private static final int SEEDS = Integer.getInteger("whimbrel.kill.seeds", 5);

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** A filled store of which each test takes a copy, and how long an undisturbed run takes. */
  private record Template(DemoScene scene, Duration runTime) {}

  private static final Map<Backend, Template> TEMPLATES = new EnumMap<>(Backend.class);

  @BeforeAll
  static void fillAndMeasure(@TempDir Path folder) throws Exception {
    for (Backend backend : List.of(Backend.SQLITE, Backend.POSTGRES_NEWEST)) {
      DemoScene scene = DemoScene.make(backend, folder, 2_000);
      TEMPLATES.put(backend, new Template(scene, runTime(scene.copy())));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void migrate_endsWell_whenItsProcessWasKilledOnSqlite(long seed) throws Exception {
    killAndGoOn(Backend.SQLITE, seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void migrate_endsWell_whenItsProcessWasKilledOnPostgres(long seed) throws Exception {
    killAndGoOn(Backend.POSTGRES_NEWEST, seed);
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, SEEDS);
  }

  private static void killAndGoOn(Backend backend, long seed) throws Exception {
    Template template = requireNonNull(TEMPLATES.get(backend), "filled before all tests");
    DemoScene scene = template.scene().copy();
    String state;
    long done;
    // Each seed has its part of the run, so that a few seeds meet every phase; chance within.
    double share = (seed - 1 + new Random(seed).nextDouble()) / SEEDS;
    Duration delay = Duration.ofNanos((long) (template.runTime().toNanos() * share));
    try (CliProcess first = start(scene)) {
      eventually(LIMIT, () -> assertThat(scene.store().state()).isNotEmpty());
      first.endsWithin(delay);
      first.kill();
      first.exitWithin(LIMIT);
      state = scene.store().state();
      done = scene.store().rangesDone();
    }

    Cli.Result again = scene.migrate("--batch-size", "20");

    String moment = "killed after " + delay + " in state " + state + ", ranges done: " + done;
    assertThat(again.exit()).as(moment + "\n" + again.out() + again.err()).isZero();
    assertThat(scene.store().state()).as(moment).isEqualTo("COMPLETED");
    assertThat(scene.store().number("SELECT count(*) FROM whimbrel_migrations")).isEqualTo(1);
    assertThat(
            scene
                .store()
                .texts(
                    "SELECT memory_key || ' ' || severity || ' ' || reason FROM whimbrel_failures"))
        .as(moment)
        .containsExactlyInAnyOrderElementsOf(scene.expectedFailures());
    scene.assertTextsReadBack();
    scene.assertAllElseIsCarried();
    assertThat(scene.run("verify").exit()).as(moment).isZero();
    assertThat(scene.run("rollback").exit()).as(moment).isZero();
    scene.assertStoreIsOriginal();
  }

  // From the ledger's first row to the end.
  private static Duration runTime(DemoScene scene) throws Exception {
    try (CliProcess process = start(scene)) {
      eventually(LIMIT, () -> assertThat(scene.store().state()).isNotEmpty());
      long start = System.nanoTime();
      assertThat(process.exitWithin(LIMIT)).as(process.err()).isZero();
      return Duration.ofNanos(System.nanoTime() - start);
    }
  }

  private static CliProcess start(DemoScene scene) throws Exception {
    return CliProcess.start(scene.folder(), scene.migrateArguments("--batch-size", "20"));
  }
}
