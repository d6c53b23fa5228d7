// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import io.whimbrel.demo.StoredMemory.Chunk;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the rows of one memory: its own, its chunks, its versions. */
final class MemoryRows {
  private static final double EMBEDDED_SHARE = 1.0 / 3;
  private static final double VERSIONED_SHARE = 0.04;

  private final Dice dice;
  private final Storyteller teller;
  private final Moments moments;
  private final Surroundings surroundings;

  /** SQLite enforces no foreign key, and the application's own owner was no user. */
  private final boolean strayOwners;

  private long lastChunk;
  private long lastVersion;

  MemoryRows(
      Dice dice,
      Storyteller teller,
      Moments moments,
      Surroundings surroundings,
      boolean strayOwners) {
    this.dice = dice;
    this.teller = teller;
    this.moments = moments;
    this.surroundings = surroundings;
    this.strayOwners = strayOwners;
  }

  Object[] memory(long id, Scene scene, StoredMemory stored, byte @Nullable [] embedding) {
    boolean read = dice.chance(0.06);
    // Drawn whether used or not, so that both databases get the same rows but for the owner.
    boolean stray = dice.chance(0.1);
    long owner = surroundings.owner();
    @Nullable Object[] row = new Object[DemoTable.MEMORIES.width()];
    row[0] = id;
    row[1] = dice.chance(0.002) ? "" : teller.title(scene);
    row[2] = stored.content();
    row[3] = surroundings.access();
    row[4] = stray && strayOwners ? "system" : owner;
    row[5] = dice.chance(0.25) ? null : surroundings.context();
    row[6] = moments.stored();
    row[7] = moments.storedLater();
    row[8] = 1;
    row[9] = dice.chance(0.99);
    row[10] = metadata(scene, stored);
    row[11] = embedding;
    row[12] = stored.flag();
    row[13] = stored.size();
    row[14] = read ? dice.between(1, 40) : 0;
    row[15] = read ? moments.storedLater() : null;
    return row;
  }

  /** A vector for a third of the memories, an empty blob for very few, else null. */
  byte @Nullable [] embedding() {
    double draw = dice.unit();
    if (draw < EMBEDDED_SHARE) {
      return Embedding.random(dice);
    }
    return draw > 0.999 ? new byte[0] : null;
  }

  List<Object[]> chunks(long memory, StoredMemory stored) {
    List<Object[]> rows = new ArrayList<>();
    for (Chunk chunk : stored.chunks()) {
      String now = moments.stored();
      rows.add(
          new Object[] {
            ++lastChunk,
            memory,
            rows.size(),
            chunk.data(),
            chunk.metadata(),
            chunk.compression(),
            now,
            now,
            true
          });
    }
    return rows;
  }

  /** What a few memories said before, always as plain text. */
  List<Object[]> versions(long memory, Scene scene) {
    List<Object[]> rows = new ArrayList<>();
    int count = dice.chance(VERSIONED_SHARE) ? dice.between(1, 3) : 0;
    for (int version = 1; version <= count; version++) {
      rows.add(
          new Object[] {
            ++lastVersion,
            memory,
            version,
            teller.title(scene),
            teller.text(scene, dice.between(30, 900)),
            moments.stored(),
            surroundings.owner(),
            dice.chance(0.5) ? null : "change " + version + " é",
            dice.chance(0.3) ? "null" : "{}"
          });
    }
    return rows;
  }

  private @Nullable String metadata(Scene scene, StoredMemory stored) {
    String topic = teller.vocabulary().topics().get(scene.topic());
    AsciiJson json = new AsciiJson();
    return switch (dice.below(10)) {
      case 0 -> null;
      case 1 -> "null";
      case 2, 3, 4 -> "{}";
      case 5, 6 ->
          json.strings("tags", topic, scene.project())
              .number("importance", dice.between(1, 10))
              .done();
      case 7 -> json.string("tags", topic + ", " + scene.town()).string("category", topic).done();
      case 8 ->
          json.string("summary", CodePoints.first(stored.readsAs(), 60))
              .number("summary_length", Math.min(60, stored.size()))
              .done();
      default ->
          json.string("category", topic)
              .flag("is_large", stored.size() > 10_000)
              .strings("people", scene.people().first(), scene.people().second(), "Zoë 🎈")
              .done();
    };
  }
}
