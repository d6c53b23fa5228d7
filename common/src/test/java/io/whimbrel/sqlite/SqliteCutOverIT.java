// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FailureLedger.Failure;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.ShadowTable.LedgerStep;
import io.whimbrel.store.TooManyChangesException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The swap under its lock, and what the store does from then on. */
class SqliteCutOverIT {

  private Path folder;
  private AgentStore agent;
  private SqliteRun run;

  @BeforeEach
  void begin(@TempDir Path temporary) throws SQLException {
    folder = temporary;
    agent = AgentStore.create(folder.resolve("memory.db"), AgentStore.CURRENT);
    agent.fill(40);
    run = SqliteRun.begin(agent.file);
    run.copy(15);
    run.store.shadowTable().index(run.migrationId);
  }

  @AfterEach
  void end() {
    run.close();
    agent.close();
  }

  @Test
  void cutOver_carriesTheLastChangesAsTheyAre() throws SQLException, IOException {
    agent.rewrite(3, "v2");
    agent.run("UPDATE memories SET slug = NULL WHERE id = 8");
    agent.run("UPDATE memories SET slug = 'slug-8', content_size = 77 WHERE id = 9");
    agent.run("UPDATE memories SET slug = 'slug-9' WHERE id = 8");
    agent.run("DELETE FROM memories WHERE id = 4");
    agent.run("UPDATE memories SET id = 400 WHERE id = 5");
    agent.add(41, "v1");
    run.store.update(
        connection ->
            run.ledger
                .failures()
                .record(
                    connection,
                    run.migrationId,
                    1,
                    List.of(
                        new Failure("3", "WARNING", "x", ""),
                        new Failure("6", "WARNING", "x", ""))));
    String before = agent.export();

    run.cutOver();

    assertThat(agent.export()).isEqualTo(before);
    assertThat(agent.value("SELECT group_concat(id) FROM memories WHERE content IS NOT NULL"))
        .isEqualTo("3,8,9,41,400");
    assertThat(agent.number("SELECT content_size FROM memories WHERE id = 9")).isEqualTo(77);
    assertThat(agent.value("SELECT group_concat(memory_key) FROM whimbrel_failures"))
        .isEqualTo("6");
    assertThat(agent.number("SELECT count(*) FROM whimbrel_changes")).isZero();
    assertThat(agent.value("PRAGMA integrity_check")).isEqualTo("ok");
  }

  @Test
  void cutOver_isCalledOff_whenMoreWaitsThanMayBeCarried() {
    agent.rewrite(3, "v2");
    agent.rewrite(3, "v3");
    agent.rewrite(4, "v2");
    List<String> definitions = agent.definitions();
    assertThatThrownBy(() -> run.cutOver(1)).isInstanceOf(TooManyChangesException.class);
    agent.run("DELETE FROM whimbrel_changes WHERE memory_key = 4");
    agent.run("INSERT INTO whimbrel_changes (memory_key) VALUES (NULL)");
    assertThatThrownBy(() -> run.cutOver(10)).isInstanceOf(TooManyChangesException.class);
    assertThat(agent.definitions()).isEqualTo(definitions);
    assertThat(agent.number("SELECT count(*) FROM whimbrel_changes")).isEqualTo(3);
  }

  @Test
  void cutOver_isRefused_whileARangeIsUnfinished() throws SQLException {
    agent.rewrite(3, "v2");
    List<Long> ranges = run.drain(10).rangeIds();
    assertThatThrownBy(() -> run.cutOver())
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessageContaining("not finished");
    run.commit(run.read(run.claim(ranges.get(0))));
    run.claim(RangeKind.VERIFY, new KeyRange(null, "40"));
    assertThatThrownBy(() -> run.cutOver()).isInstanceOf(CutOverRefusedException.class);
  }

  @Test
  void cutOver_isRefused_whenTriggersOrDefinitionChanged() throws SQLException {
    agent.run("DROP TRIGGER whimbrel_capture_update");
    assertThatThrownBy(() -> run.cutOver())
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessageContaining("triggers");
    run.store.capture().install();
    agent.run("ALTER TABLE memories ADD COLUMN mood TEXT");
    assertThatThrownBy(() -> run.cutOver())
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessageContaining("definition");
  }

  @Test
  void cutOver_givesUpInTime_whileAnotherWrites() throws SQLException {
    agent.run("BEGIN IMMEDIATE");
    long start = System.nanoTime();
    assertThatThrownBy(() -> run.cutOver()).isInstanceOf(LockNotAvailableException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    agent.run("COMMIT");
    run.cutOver();
    assertThat(agent.number("SELECT count(*) FROM whimbrel_legacy_m1")).isEqualTo(40);
  }

  @Test
  void cutOver_undoesTheCarrying_whenTheLedgerSaysNo() {
    agent.rewrite(3, "v2");
    assertThatThrownBy(
            () ->
                run.store
                    .shadowTable()
                    .cutOver(
                        run.migrationId,
                        run.fingerprint,
                        10,
                        SqliteRun.LOCKS,
                        new LedgerStep(List.of("DELETE FROM whimbrel_workers WHERE 0"))))
        .hasMessageContaining("another coordinator");
    assertThat(agent.number("SELECT count(*) FROM whimbrel_changes")).isEqualTo(1);
    assertThat(agent.number("SELECT count(*) FROM whimbrel_copy_m1 WHERE content IS NOT NULL"))
        .isZero();
  }

  @Test
  void deletedText_isGoneFromTheRetainedTable_atOnce() throws SQLException {
    run.cutOver();
    agent.run("PRAGMA foreign_keys = ON");
    agent.run("INSERT INTO relations (memory_id) VALUES (7)");
    assertThatThrownBy(() -> agent.run("DELETE FROM memories WHERE id = 7"))
        .hasRootCauseMessage(
            "[SQLITE_CONSTRAINT_FOREIGNKEY] A foreign key constraint failed (FOREIGN KEY constraint"
                + " failed)");
    agent.run("DELETE FROM relations");
    agent.run("DELETE FROM memories WHERE id = 7");
    assertThat(agent.number("SELECT count(*) FROM whimbrel_legacy_m1 WHERE id = 7")).isZero();
    assertThat(agent.value("SELECT group_concat(memory_key) FROM whimbrel_changes")).isEqualTo("7");
  }

  @Test
  void aRowWithoutKey_holdsTheCutOverBack_becauseItCannotBeCopied() throws SQLException {
    end();
    agent =
        AgentStore.create(
            folder.resolve("nulls.db"),
            List.of("CREATE TABLE memories (id TEXT PRIMARY KEY, title, content TEXT, slug)"));
    agent.fill(3);
    run = SqliteRun.begin(agent.file);
    run.copy(5);
    agent.run("INSERT INTO memories (content) VALUES ('of nobody')");
    assertThatThrownBy(() -> run.cutOver()).isInstanceOf(TooManyChangesException.class);
    run.catchUp();
    assertThatThrownBy(() -> run.cutOver())
        .isInstanceOf(CutOverRefusedException.class)
        .hasMessageContaining("no key");
  }

  @Test
  void aRowReplacedThroughAnExpression_doesNotComeBack() throws SQLException, IOException {
    end();
    agent = AgentStore.create(folder.resolve("expression.db"), AgentStore.CURRENT);
    agent.run("CREATE UNIQUE INDEX by_lower ON memories (lower(slug))");
    agent.fill(9);
    run = SqliteRun.begin(agent.file);
    run.copy(5);
    run.store.shadowTable().index(run.migrationId);
    agent.run("UPDATE OR REPLACE memories SET slug = 'SLUG-4' WHERE id = 8");
    assertThat(agent.value("SELECT group_concat(memory_key) FROM whimbrel_changes")).isEqualTo("8");
    String before = agent.export();
    run.cutOver();
    assertThat(agent.export()).isEqualTo(before);
  }

  @Test
  void aRowReplacedThroughItsHiddenRowid_doesNotComeBack() throws SQLException, IOException {
    end();
    agent = AgentStore.create(folder.resolve("rowid.db"), AgentStore.TEXT_KEYS);
    agent.fill(9);
    run = SqliteRun.begin(agent.file);
    run.copy(5);
    run.store.shadowTable().index(run.migrationId);
    agent.run(
        "INSERT OR REPLACE INTO memories (rowid, id, title, content) VALUES (4, 'new', 't', 'c')");
    agent.run("UPDATE OR REPLACE memories SET rowid = 7 WHERE id = '8'");
    agent.run("INSERT INTO memories (id, title, content) VALUES ('newer', 't', 'c')");
    String before = agent.export();
    run.cutOver();
    assertThat(agent.export()).isEqualTo(before);
    assertThat(agent.number("SELECT count(*) FROM memories")).isEqualTo(9);

    agent.run("UPDATE OR REPLACE memories SET rowid = 1 WHERE id = 'newer'");
    before = agent.export();
    run.swapBack();
    assertThat(agent.export()).isEqualTo(before);
    assertThat(agent.value("SELECT group_concat(id) FROM (SELECT id FROM memories ORDER BY rowid)"))
        .isEqualTo("newer,2,3,new,5,6,8,9");
  }
}
