// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.demo.DemoOptions;
import io.whimbrel.demo.DemoStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the runs on one kind of database happen: the store that each of them takes a copy of, and
 * what was in it.
 */
final class Bench implements AutoCloseable {

  /** Long enough for a busy machine to renew, short enough to be waited for. */
  static final long LEASE_MILLIS = 2_000;

  private final Jvm.Launch launch;
  private final Path folder;
  private final int memories;
  private final @Nullable DatabaseServer server;
  private final TortureStore template;
  private final Map<String, List<String>> texts;
  private final StoreImage before;
  private final Map<String, List<StoreImage.Row>> carriedBefore;
  private @Nullable StoreImage completed;

  private Bench(
      Jvm.Launch launch,
      Path folder,
      int memories,
      @Nullable DatabaseServer server,
      TortureStore template,
      Map<String, List<String>> texts)
      throws SQLException {
    this.launch = launch;
    this.folder = folder;
    this.memories = memories;
    this.server = server;
    this.template = template;
    this.texts = texts;
    this.before = template.image(StoreImage.Columns.ALL);
    this.carriedBefore = template.image(StoreImage.Columns.CARRIED).tables();
  }

  /**
   * Fills a store and migrates a copy of it undisturbed, to know how that looks.
   *
   * @param server null for SQLite
   */
  static Bench make(Jvm.Launch launch, Path folder, int memories, @Nullable DatabaseServer server)
      throws IOException, SQLException, InterruptedException {
    Files.createDirectories(folder);
    TortureStore template =
        server == null
            ? new SqliteTorture(folder.resolve("template.db"))
            : PostgresTorture.template(server);
    Map<String, List<String>> texts = new TreeMap<>();
    try (Connection connection = template.connect()) {
      new DemoStore(DemoOptions.of(memories))
          .fill(
              connection,
              (id, form, readsAs) ->
                  texts.put(Long.toString(id), List.of(StoreImage.digestOf(readsAs))));
    }
    Bench bench = new Bench(launch, folder, memories, server, template, texts);
    bench.rehearse();
    return bench;
  }

  private void rehearse() throws IOException, SQLException, InterruptedException {
    RunPlan calm = new RunPlan(0, RunPlan.Wish.MIGRATE, 100, false, 0, List.of(), List.of());
    RunResult result = new TortureRun(this, calm, newFolder(0), StoreWriter.NONE).run();
    if (!result.isGood()) {
      throw new IllegalStateException("an undisturbed run fails: " + result);
    }
  }

  /** One run. Its folder is removed when it was a good one. */
  RunResult run(long seed) throws IOException, SQLException, InterruptedException {
    RunPlan plan = RunPlan.of(seed, terms());
    Path runFolder = newFolder(seed);
    try (StoreWriter writer =
        plan.loaded()
            ? new LoadWriter(runFolder.resolve("load"), folder.resolve("originals"), seed)
            : StoreWriter.NONE) {
      return new TortureRun(this, plan, runFolder, writer).run();
    }
  }

  RunPlan.Terms terms() {
    boolean canCrash = server != null && server.canCrash();
    return new RunPlan.Terms(isPostgres(), canCrash, memories, LEASE_MILLIS);
  }

  private Path newFolder(long seed) throws IOException {
    return Files.createTempDirectory(folder, "run-" + seed + "-");
  }

  Jvm.Launch launch() {
    return launch;
  }

  String database() {
    return isPostgres() ? "postgresql" : "sqlite";
  }

  boolean isPostgres() {
    return server != null;
  }

  @Nullable DatabaseServer server() {
    return server;
  }

  TortureStore fresh(Path runFolder) throws IOException, SQLException {
    return server == null
        ? SqliteTorture.fresh((SqliteTorture) template, runFolder)
        : PostgresTorture.fresh(server, "torture_run");
  }

  /** What each memory must read as. */
  Map<String, List<String>> texts() {
    return texts;
  }

  /** The store before any run. */
  StoreImage before() {
    return before;
  }

  /** The rows before any run, of the memories what a migration leaves as it is. */
  Map<String, List<StoreImage.Row>> carriedBefore() {
    return carriedBefore;
  }

  /** The store after a run that nothing disturbed; the first run that is asked becomes it. */
  StoreImage completed(StoreImage now) {
    StoreImage known = completed;
    if (known == null) {
      known = now;
      completed = now;
    }
    return known;
  }

  @Override
  public void close() throws IOException, SQLException {
    template.close();
  }
}
