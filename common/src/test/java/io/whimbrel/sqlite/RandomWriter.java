// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import java.util.List;
import java.util.Random;

/** Does the same arbitrary writing to several stores: what an application may do, and replacing. */
final class RandomWriter {

  private static final int KEYS = 60;

  private final Random random;
  private final List<AgentStore> stores;

  RandomWriter(Random random, AgentStore... stores) {
    this.random = random;
    this.stores = List.of(stores);
  }

  void write(int times) {
    for (int i = 0; i < times; i++) {
      write();
    }
  }

  private void write() {
    int id = 1 + random.nextInt(KEYS);
    int other = 1 + random.nextInt(KEYS);
    String text = AgentStore.text(id, "r" + random.nextInt(1_000));
    switch (random.nextInt(9)) {
      case 0, 1, 2 ->
          run(
              "INSERT OR REPLACE INTO memories (id, title, content, slug, content_compressed,"
                  + " content_size) VALUES (?, ?, ?, ?, 0, ?)",
              id,
              "t" + other,
              text,
              "slug-" + other,
              text.length());
      case 3 -> run("DELETE FROM memories WHERE id = ?", id);
      case 4 -> run("UPDATE memories SET title = ? WHERE id BETWEEN ? AND ?", text, id, id + 3);
      case 5 ->
          run(
              "UPDATE memories SET content = ?, content_compressed = 0, content_size = ? WHERE id ="
                  + " ?",
              text,
              text.length(),
              id);
      case 6 -> run("UPDATE OR REPLACE memories SET slug = ? WHERE id = ?", "slug-" + other, id);
      case 7 -> swap(id, other);
      default -> moveAndRewrite(id, other, text);
    }
  }

  private void swap(int id, int other) {
    run("BEGIN");
    run("UPDATE memories SET slug = 'aside' WHERE id = ?", id);
    run("UPDATE OR REPLACE memories SET slug = ? WHERE id = ?", "slug-" + id, other);
    run("UPDATE OR REPLACE memories SET slug = ? WHERE id = ?", "slug-" + other, id);
    run("COMMIT");
  }

  private void moveAndRewrite(int id, int other, String text) {
    run("BEGIN");
    run("UPDATE OR REPLACE memories SET id = ? WHERE id = ?", other, id);
    run("UPDATE memories SET content = ?, content_compressed = 0 WHERE id = ?", text, other);
    run("COMMIT");
  }

  private void run(String sql, Object... parameters) {
    stores.forEach(store -> store.run(sql, parameters));
  }
}
