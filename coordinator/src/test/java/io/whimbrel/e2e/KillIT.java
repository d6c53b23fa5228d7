// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
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

  /** From the ledger's first row to the end of an undisturbed run, by backend. */
  private static final Map<Backend, Duration> RUN_TIMES = new EnumMap<>(Backend.class);

  /** Filled once; each test takes a copy. */
  private static final Map<Backend, DemoScene> TEMPLATES = new EnumMap<>(Backend.class);

  @SuppressWarnings("NullAway.Init") // Set before the first test.
  @TempDir
  static Path folder;

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
    Duration runTime = runTime(backend);
    DemoScene scene = Objects.requireNonNull(TEMPLATES.get(backend)).copy();
    String state;
    long done;
    // Each seed has its part of the run, so that a few seeds meet every phase; chance within.
    double share = (seed - 1 + new Random(seed).nextDouble()) / SEEDS;
    Duration delay = Duration.ofNanos((long) (runTime.toNanos() * share));
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

  private static Duration runTime(Backend backend) throws Exception {
    Duration known = RUN_TIMES.get(backend);
    if (known != null) {
      return known;
    }
    DemoScene template = DemoScene.make(backend, folder, 2_000);
    TEMPLATES.put(backend, template);
    DemoScene undisturbed = template.copy();
    try (CliProcess process = start(undisturbed)) {
      eventually(LIMIT, () -> assertThat(undisturbed.store().state()).isNotEmpty());
      long start = System.nanoTime();
      assertThat(process.exitWithin(LIMIT)).as(process.err()).isZero();
      Duration measured = Duration.ofNanos(System.nanoTime() - start);
      RUN_TIMES.put(backend, measured);
      return measured;
    }
  }

  private static CliProcess start(DemoScene scene) throws Exception {
    return CliProcess.start(scene.folder(), scene.migrateArguments("--batch-size", "20"));
  }
}
