// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.util.ArrayList;
import java.util.List;

/** The rows that memories refer to or that refer to memories: users, contexts, relations. */
final class Surroundings {
  static final int USERS = 12;

  private static final String[] ACCESS = {
    "private", "public", "public", "user", "user", "privileged", "admin"
  };
  private static final String[] RELATION_NAMES = {
    "related_to", "related_to", "highly_related", "contains", "part_of", "parent_of",
    "follows", "contradicts", "supersedes", "duplicate", "mentions", "関連"
  };

  private final Dice dice;
  private final Vocabulary vocabulary;
  private final Moments moments;
  private final int contexts;
  private long lastRelation;

  Surroundings(Dice dice, Vocabulary vocabulary, Moments moments, int memories) {
    this.dice = dice;
    this.vocabulary = vocabulary;
    this.moments = moments;
    this.contexts = Math.max(4, Math.min(400, memories / 250));
  }

  int contexts() {
    return contexts;
  }

  long relations() {
    return lastRelation;
  }

  String access() {
    return dice.pick(ACCESS);
  }

  /** A user's key; the first users own most. */
  long owner() {
    return 1L + dice.skewed(USERS);
  }

  long context() {
    return 1L + dice.below(contexts);
  }

  List<Object[]> userRows() {
    String[] first = vocabulary.list("first");
    String[] last = vocabulary.list("last");
    List<Object[]> rows = new ArrayList<>();
    for (long id = 1; id <= USERS; id++) {
      moments.pass();
      String name = id == 7 ? "böb_用户" : first[(int) id * 5] + "." + last[(int) id * 3];
      String hash = "$2b$12$" + LegacyCodec.sha256(LegacyCodec.utf8(name)).substring(0, 53);
      String mail = "user" + id + "@example.org";
      String now = moments.stored();
      rows.add(new Object[] {id, name, mail, hash, id != 9, id == 1, now, now});
    }
    return rows;
  }

  List<Object[]> contextRows(Storyteller teller) {
    List<Object[]> rows = new ArrayList<>();
    for (long id = 1; id <= contexts; id++) {
      moments.pass();
      Scene scene = vocabulary.scene(dice, moments.today());
      String name = id == 3 ? "Проект 漢字 🗂" : scene.project() + " " + id;
      String metadata =
          id % 3 == 0
              ? new AsciiJson().string("город", scene.town()).number("order", id).done()
              : "{}";
      rows.add(
          new Object[] {
            id,
            name,
            teller.text(scene, 90),
            access(),
            owner(),
            moments.stored(),
            moments.storedLater(),
            true,
            metadata
          });
    }
    return rows;
  }

  /** Between none and five relations, one on average, that begin or end at this memory. */
  List<Object[]> relationRows(long memory, KnownIds known) {
    List<Object[]> rows = new ArrayList<>();
    for (int left = relationCount(); left > 0; left--) {
      rows.add(relationRow(memory, known));
    }
    return rows;
  }

  private int relationCount() {
    double draw = dice.unit();
    if (draw < 0.40) {
      return 0;
    }
    if (draw < 0.75) {
      return 1;
    }
    if (draw < 0.90) {
      return 2;
    }
    return draw < 0.97 ? 3 : 5;
  }

  private Object[] relationRow(long memory, KnownIds known) {
    Object[] row = new Object[DemoTable.RELATIONS.width()];
    row[0] = ++lastRelation;
    row[1] = dice.pick(RELATION_NAMES);
    double draw = dice.unit();
    if (draw < 0.74) {
      row[3] = known.pick();
      row[4] = memory;
    } else if (draw < 0.86) {
      row[2] = context();
      row[3] = memory;
    } else if (draw < 0.97) {
      row[4] = memory;
      row[5] = context();
    } else {
      row[2] = context();
      row[5] = context();
    }
    row[6] = owner();
    row[7] = dice.chance(0.3) ? 1.0 : dice.below(1_001) / 1_000.0;
    row[8] = dice.chance(0.3) ? new AsciiJson().flag("auto_generated", true).done() : "{}";
    row[9] = moments.stored();
    row[10] = moments.storedLater();
    row[11] = dice.chance(0.99);
    return row;
  }
}
