// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.LockNotAvailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way back after a cut-over, with what was written since. */
class SqliteSwapBackIT {

  private Path folder;
  private AgentStore agent;

  // Every test begins with migrate().
  @SuppressWarnings("NullAway.Init")
  private SqliteRun run;

  @BeforeEach
  void begin(@TempDir Path temporary) throws SQLException {
    folder = temporary;
    agent = AgentStore.create(folder.resolve("memory.db"), AgentStore.CURRENT);
    agent.fill(40);
    for (int id : new int[] {2, 20, 30}) {
      agent.run(
          "UPDATE memories SET content = ?, content_compressed = 1, content_size = 50 WHERE id = ?",
          zlib(AgentStore.text(id, "z")),
          id);
    }
  }

  @AfterEach
  void end() {
    run.close();
    agent.close();
  }

  private void migrate() throws SQLException {
    run = SqliteRun.begin(agent.file);
    run.copy(15);
    run.store.shadowTable().index(run.migrationId);
    run.cutOver();
  }

  private static String zlib(String text) {
    Deflater deflater = new Deflater();
    deflater.setInput(text.getBytes(StandardCharsets.UTF_8));
    deflater.finish();
    byte[] body = new byte[1_000];
    int length = deflater.deflate(body);
    deflater.end();
    return Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(body, length));
  }

  @Test
  void swapBack_leavesNothing_whenNothingWasWritten() throws SQLException {
    List<String> definitions = agent.definitions();
    Object tables = agent.tables();
    migrate();
    run.swapBack();
    assertThat(agent.definitions()).isEqualTo(definitions);
    assertThat(agent.tables()).isEqualTo(tables);
    assertThat(
            agent.value(
                "SELECT group_concat(name) FROM sqlite_master WHERE name LIKE 'whimbrel%' AND name"
                    + " NOT IN ('whimbrel_migrations', 'whimbrel_ranges', 'whimbrel_range_keys',"
                    + " 'whimbrel_failures', 'whimbrel_undo', 'whimbrel_workers',"
                    + " 'whimbrel_ranges_open', 'whimbrel_range_keys_by_range')"))
        .isEqualTo("null");
  }

  @Test
  void swapBack_keepsStoredBytes_whereTheTextIsTheSame() throws SQLException {
    String stored = agent.value("SELECT content FROM memories WHERE id = 2");
    String other = agent.value("SELECT content FROM memories WHERE id = 20");
    migrate();
    // 2: another column only. 20: the same text, written anew as it is. 30: another text.
    agent.run("UPDATE memories SET title = 'renamed' WHERE id = 2");
    agent.run(
        "UPDATE memories SET content = ?, content_compressed = 0 WHERE id = 20",
        AgentStore.text(20, "z"));
    agent.run(
        "UPDATE memories SET content = ?, content_compressed = 1 WHERE id = 30",
        zlib("a new text in the application's own form"));
    run.swapBack();

    String row = "SELECT title || '|' || content || '|' || content_compressed FROM memories WHERE";
    assertThat(agent.value(row + " id = 2")).isEqualTo("renamed|" + stored + "|1");
    assertThat(agent.value(row + " id = 20")).isEqualTo("title 20|" + other + "|1");
    assertThat(agent.value(row + " id = 30"))
        .isEqualTo("title 30|" + zlib("a new text in the application's own form") + "|1");
  }

  @Test
  void swapBack_putsTheTextInPlain_whereThePointerLeadsToAnother() throws SQLException {
    migrate();
    agent.rewrite(3, "v2");
    // What a second run does in place: the pointer of row 4 with the text of row 5.
    agent.run(
        "UPDATE memories SET (content_segment, content_offset, content_length, content_crc32c) ="
            + " (SELECT content_segment, content_offset, content_length, content_crc32c FROM"
            + " memories WHERE id = 5) WHERE id = 4");
    agent.run("UPDATE memories SET id = 200 WHERE id = 2");
    run.swapBack();
    String row = "SELECT content || '|' || coalesce(content_compressed, 0) FROM memories WHERE";
    assertThat(agent.value(row + " id = 3")).isEqualTo(AgentStore.text(3, "v2") + "|1");
    assertThat(agent.value(row + " id = 4")).isEqualTo(AgentStore.text(5, "v1") + "|0");
    assertThat(agent.value(row + " id = 200")).isEqualTo(AgentStore.text(2, "z") + "|0");
    assertThat(agent.value(row + " id = 2")).isEqualTo("none");
  }

  @Test
  void swapBack_isRefused_whenTheTriggersAreNotThoseOfTheRetention() throws SQLException {
    migrate();
    agent.run("DROP TRIGGER whimbrel_capture_delete");
    run.store.capture().install();
    List<String> definitions = agent.definitions();
    assertThatThrownBy(() -> run.swapBack())
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessageContaining("triggers");
    assertThat(agent.definitions()).isEqualTo(definitions);
  }

  @Test
  void swapBack_givesUpInTime_whileAnotherWrites_andLosesNothingWrittenThen()
      throws SQLException, IOException {
    migrate();
    agent.run("BEGIN IMMEDIATE");
    agent.rewrite(9, "v2");
    assertThatThrownBy(() -> run.swapBack()).isInstanceOf(LockNotAvailableException.class);
    agent.run("COMMIT");
    String before = agent.export();
    run.swapBack();
    assertThat(agent.export()).isEqualTo(before);
  }
}
