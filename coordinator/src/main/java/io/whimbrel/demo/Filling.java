// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One run of filling a store: makes the memories one by one and writes them in batches. */
final class Filling implements AutoCloseable {
  private static final int BATCH_MEMORIES = 1_000;

  private final DemoOptions options;
  private final RowSink sink;
  private final DemoObserver observer;
  private final Dice dice;
  private final Storyteller teller;
  private final Moments moments;
  private final Surroundings surroundings;
  private final MemoryRows rows;
  private final KnownIds known;
  private final Packing packing = new Packing();
  private final Tally tally = new Tally();
  private final Map<DemoTable, List<Object[]>> batch = new EnumMap<>(DemoTable.class);
  private Scene scene;
  private int sceneMemoriesLeft;
  private long lastId;

  Filling(DemoOptions options, DemoSchema schema, RowSink sink, DemoObserver observer) {
    this.options = options;
    this.sink = sink;
    this.observer = observer;
    dice = new Dice(options.seed());
    teller = new Storyteller(dice);
    moments = new Moments(dice);
    surroundings = new Surroundings(dice, teller.vocabulary(), moments, options.memories());
    boolean strayOwners = schema == DemoSchema.SQLITE && !plainOnly();
    rows = new MemoryRows(dice, teller, moments, surroundings, strayOwners);
    known = new KnownIds(dice);
    scene = teller.vocabulary().scene(dice, moments.today());
  }

  DemoSummary run() throws SQLException {
    sink.write(DemoTable.USERS, surroundings.userRows());
    sink.write(DemoTable.CONTEXTS, surroundings.contextRows(teller));
    for (int number = 0; number < options.memories(); number++) {
      make(number);
      if ((number + 1) % BATCH_MEMORIES == 0) {
        flush();
      }
    }
    flush();
    return tally.summary(surroundings, lastId);
  }

  @Override
  public void close() {
    packing.close();
  }

  private void make(int number) {
    moments.pass();
    changeSceneWhenOver();
    // Deleted memories leave gaps, single ones and long ones.
    lastId += dice.chance(0.03) ? dice.between(2, dice.chance(0.02) ? 400 : 9) : 1;
    known.add(lastId);
    StoredMemory stored = stored(Wish.next(options, number, dice));
    byte[] embedding = plainOnly() ? null : rows.embedding();
    add(DemoTable.MEMORIES, List.<Object[]>of(rows.memory(lastId, scene, stored, embedding)));
    add(DemoTable.RELATIONS, surroundings.relationRows(lastId, known));
    List<Object[]> versions = plainOnly() ? List.of() : rows.versions(lastId, scene);
    add(DemoTable.VERSIONS, versions);
    add(DemoTable.CHUNKS, rows.chunks(lastId, stored));
    tally.count(stored, embedding != null && embedding.length > 0, versions.size());
    observer.made(lastId, stored.form(), stored.readsAs());
  }

  private StoredMemory stored(Wish wish) {
    String text = teller.text(scene, wish.chars());
    // Some stores ran for a while with a setting that packed everything, short texts too.
    if (wish.form() == DemoForm.PLAIN && !plainOnly() && dice.chance(0.02)) {
      return packing.alwaysZlib(text);
    }
    return packing.pack(wish.form(), text, wish.pieceChars(), moments.epochSeconds());
  }

  private void changeSceneWhenOver() {
    if (sceneMemoriesLeft == 0) {
      scene = teller.vocabulary().scene(dice, moments.today());
      sceneMemoriesLeft = dice.between(3, 30);
    }
    sceneMemoriesLeft--;
  }

  private boolean plainOnly() {
    return options.mix() == DemoMix.PLAIN;
  }

  private void add(DemoTable table, List<Object[]> added) {
    batch.computeIfAbsent(table, key -> new ArrayList<>()).addAll(added);
  }

  private void flush() throws SQLException {
    // The map's order is that of the tables, in which every row finds what it refers to.
    for (Map.Entry<DemoTable, List<Object[]>> entry : batch.entrySet()) {
      sink.write(entry.getKey(), entry.getValue());
      entry.getValue().clear();
    }
  }
}
