// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.load.CheckResult;
import io.whimbrel.load.Fault;
import io.whimbrel.load.RecordedLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The load of the trials, as a process that nothing is done to, beside those that suffer. */
final class LoadWriter implements StoreWriter {

  /** What the load deletes and moves together with the memories that it belongs to. */
  private static final List<String> FOLLOWS_MEMORIES =
      List.of("memories", "memory_chunks", "memory_versions", "relations", "sqlite_sequence");

  private final Path folder;
  private final Path originals;
  private final long seed;
  private @Nullable RecordedLoad load;
  private @Nullable String problem;

  /**
   * @param folder for its record
   * @param originals what every run finds in its store; made by the first
   */
  LoadWriter(Path folder, Path originals, long seed) {
    this.folder = folder;
    this.originals = originals;
    this.seed = seed;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public void start(TortureStore store) throws IOException {
    Files.createDirectories(folder);
    Path known = folder.resolve(RecordedLoad.ORIGINALS);
    if (Files.exists(originals)) {
      Files.copy(originals, known);
    }
    // Few enough for a machine that several processes share.
    boolean sqlite = store instanceof SqliteTorture;
    load =
        RecordedLoad.start(
            new RecordedLoad.Order(
                store.url(), store.environment(), folder, seed, sqlite ? 1 : 2, sqlite ? 40 : 80));
    if (!Files.exists(originals)) {
      Files.copy(known, originals);
    }
  }

  private RecordedLoad started() {
    if (load == null) {
      throw new IllegalStateException("it was never started");
    }
    return load;
  }

  @Override
  public void pause() throws IOException {
    started().pause();
  }

  @Override
  public void goOn() throws IOException {
    started().goOn();
  }

  @Override
  public void stop() throws InterruptedException {
    try {
      started().stop();
    } catch (IOException e) {
      problem = String.valueOf(e.getMessage());
    }
  }

  @Override
  public long judge(StoreImage now, Expected untouched, Comparison comparison)
      throws IOException, SQLException {
    if (problem != null) {
      comparison.wrong(problem);
    }
    CheckResult result = started().check();
    comparison.lost(result.count(Fault.LOST));
    comparison.doubled(result.count(Fault.DOUBLED) + result.count(Fault.RESURRECTED));
    comparison.altered(result.count(Fault.ALTERED) + result.count(Fault.UNREADABLE));
    result.findings().forEach(comparison::wrong);
    started().violations().forEach(met -> comparison.wrong("the application met " + met));
    comparison.tables(unwritten(now.tables()), unwritten(untouched.tables()));
    nothingCameBack(now.tables(), untouched.tables(), comparison);
    return result.acknowledged();
  }

  private static Map<String, List<StoreImage.Row>> unwritten(
      Map<String, List<StoreImage.Row>> tables) {
    Map<String, List<StoreImage.Row>> left = new TreeMap<>(tables);
    left.keySet().removeIf(LoadWriter::followsMemories);
    return left;
  }

  private static boolean followsMemories(String table) {
    return FOLLOWS_MEMORIES.contains(table.substring(table.indexOf('.') + 1));
  }

  /** The load adds no row to these, so none may be there that was not there before. */
  private static void nothingCameBack(
      Map<String, List<StoreImage.Row>> now,
      Map<String, List<StoreImage.Row>> before,
      Comparison comparison) {
    for (String table : now.keySet()) {
      if (table.endsWith("relations") || table.endsWith("memory_versions")) {
        Set<StoreImage.Row> known = new HashSet<>(before.getOrDefault(table, List.of()));
        Map<StoreImage.Row, Integer> seen = new HashMap<>();
        for (StoreImage.Row row : now.getOrDefault(table, List.of())) {
          if (!known.contains(row) || seen.merge(row, 1, Integer::sum) > 1) {
            comparison.wrong("nobody wrote row " + row.key() + " of " + table);
          }
        }
      }
    }
  }

  @Override
  public void close() {
    if (load != null) {
      load.close();
    }
  }
}
