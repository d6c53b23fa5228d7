// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranges large enough for statements that insert many rows, with a row that must not go in. */
class SqliteCopyInsertionIT {

  private static final String COLUMNS =
      "CREATE TABLE memories (id INTEGER PRIMARY KEY, title TEXT, content TEXT, slug TEXT";

  private static AgentStore store(Path folder, String tail) throws SQLException {
    AgentStore agent = AgentStore.create(folder.resolve("memory.db"), List.of(COLUMNS + tail));
    agent.fill(450);
    return agent;
  }

  @Test
  void oneRefusedRow_isLeftToDraining_andAllOthersAreIn(@TempDir Path folder) throws SQLException {
    // The words of the table's own text must not decide: replacing would take a row from the copy.
    for (String conflict : List.of("", " ON CONFLICT REPLACE", " ON CONFLICT ROLLBACK")) {
      Path own = folder.resolve("case" + conflict.length());
      assertThat(own.toFile().mkdir()).isTrue();
      try (AgentStore agent = store(own, ", UNIQUE (slug)" + conflict + ")");
          SqliteRun run = SqliteRun.begin(agent.file)) {
        run.commit(run.read(run.claim(RangeKind.COPY, new KeyRange(null, "150"))));
        SqliteRun.Packed read = run.read(run.claim(RangeKind.COPY, new KeyRange("150", "450")));
        agent.run("DELETE FROM memories WHERE id = 5");
        agent.run("UPDATE memories SET slug = 'slug-5' WHERE id = 300");
        agent.run("DELETE FROM memories WHERE id = 200");

        run.commit(read);

        assertThat(agent.number("SELECT count(*) FROM whimbrel_copy_m1")).isEqualTo(448);
        assertThat(agent.value("SELECT id FROM whimbrel_copy_m1 WHERE slug = 'slug-5'"))
            .isEqualTo("5");
        assertThat(agent.number("SELECT count(*) FROM whimbrel_copy_m1 WHERE id IN (200, 300)"))
            .isZero();
        run.catchUp();
        assertThat(Comparison.of(run, run.session)).isEqualTo(new Comparison(List.of(), List.of()));
      }
    }
  }

  @Test
  void aBrokenCheck_amongManyRows_isAnError(@TempDir Path folder) throws SQLException {
    try (AgentStore agent = store(folder, ", CHECK (title <> 'unpacked' OR content IS NOT NULL))");
        SqliteRun run = SqliteRun.begin(agent.file)) {
      SqliteRun.Packed read = run.read(run.claim(RangeKind.COPY, new KeyRange(null, "450")));
      agent.run("UPDATE memories SET title = 'unpacked' WHERE id = 300");
      assertThatThrownBy(() -> run.commit(read)).hasMessageContaining("CHECK");
      assertThat(agent.number("SELECT count(*) FROM whimbrel_copy_m1")).isZero();
    }
  }

  @Test
  void everyValue_keepsItsStorageClass_amongManyRows(@TempDir Path folder) throws SQLException {
    try (AgentStore agent = store(folder, ", odd)")) {
      agent.run(
          "UPDATE memories SET odd = CASE id % 5 WHEN 0 THEN 1 WHEN 1 THEN 1.0 WHEN 2 THEN '1'"
              + " WHEN 3 THEN x'31' END");
      try (SqliteRun run = SqliteRun.begin(agent.file)) {
        run.copy(450);
        assertThat(
                agent.value(
                    "SELECT group_concat(typeof(odd), ' ') FROM (SELECT odd FROM whimbrel_copy_m1"
                        + " ORDER BY id LIMIT 5)"))
            .isEqualTo("real text blob null integer");
        assertThat(run.faults()).isEmpty();
      }
    }
  }
}
