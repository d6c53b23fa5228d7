// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FencedException;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.RangeTransaction;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bringing the copy up to date with a table that is being written to. */
class SqliteDrainIT {

  private Path folder;
  private AgentStore agent;
  private SqliteRun run;

  @BeforeEach
  void begin(@TempDir Path temporary) throws SQLException {
    folder = temporary;
    agent = AgentStore.create(folder.resolve("memory.db"), AgentStore.CURRENT);
    agent.fill(40);
    run = SqliteRun.begin(agent.file);
  }

  @AfterEach
  void end() {
    run.close();
    agent.close();
  }

  private void otherStore(List<String> layout, int memories) throws SQLException {
    end();
    agent = AgentStore.create(folder.resolve("other.db"), layout);
    agent.fill(memories);
    run = SqliteRun.begin(agent.file);
  }

  private String copied(int id, String column) {
    return agent.value("SELECT " + column + " FROM whimbrel_copy_m1 WHERE id = " + id);
  }

  @Test
  void readDelta_readsTheRowsOfItsKeys_inKeyOrder_asTheyAreNow() throws SQLException {
    run.copy(15);
    agent.rewrite(30, "v2");
    agent.rewrite(4, "v2");
    agent.rewrite(30, "v3");
    agent.run("DELETE FROM memories WHERE id = 11");
    agent.add(41, "v1");
    List<Long> ranges = run.drain(100).rangeIds();
    agent.rewrite(4, "v4");

    SqliteRun.Packed packed = run.read(run.claim(ranges.get(0)));

    assertThat(ranges).hasSize(1);
    assertThat(packed.rows()).extracting(PlacedRow::key).containsExactly("4", "30", "41");
    run.commit(packed);
    assertThat(Comparison.of(run, run.session)).isEqualTo(new Comparison(List.of(), List.of()));
    assertThat(agent.number("SELECT count(*) FROM whimbrel_range_keys")).isZero();
  }

  @Test
  void aChangeBetweenReadAndCommit_isPending_andComesInTheNextRound() throws SQLException {
    run.copy(15);
    agent.rewrite(7, "v2");
    ClaimedRange first = run.claim(run.drain(100).rangeIds().get(0));
    SqliteRun.Packed slow = run.read(first);
    agent.rewrite(7, "v3");

    // A second range with the same key could overtake the first one.
    assertThatThrownBy(() -> run.drain(100)).isInstanceOf(IllegalStateException.class);
    run.commit(slow);
    assertThat(Comparison.of(run, run.session)).isEqualTo(new Comparison(List.of("7"), List.of()));
    List<Long> second = run.drain(100).rangeIds();
    assertThat(Comparison.of(run, run.session).explained()).containsExactly("7");
    run.commit(run.read(run.claim(second.get(0))));
    assertThat(Comparison.of(run, run.session)).isEqualTo(new Comparison(List.of(), List.of()));
  }

  @Test
  void differences_areExplainedByLogAndRanges_andOnlyByThem() throws SQLException {
    run.copy(15);
    agent.rewrite(3, "v2");
    agent.run("DELETE FROM memories WHERE id IN (5, 6)");
    agent.add(50, "v1");
    assertThat(Comparison.of(run, run.session))
        .isEqualTo(new Comparison(List.of("3", "50"), List.of()));

    // What nobody logged is a fault, in both directions.
    agent.run("DELETE FROM whimbrel_changes WHERE memory_key IN (3, 5)");
    assertThat(Comparison.of(run, run.session))
        .isEqualTo(new Comparison(List.of("50"), List.of("3", "extra")));
    agent.run("INSERT INTO whimbrel_changes (memory_key) VALUES (NULL)");
    assertThat(Comparison.of(run, run.session).faults()).isEmpty();
  }

  @Test
  void aLateCommit_changesNothing_whenItsRangeWasGivenAway() throws SQLException {
    run.copy(15);
    agent.rewrite(7, "v2");
    ClaimedRange claim = run.claim(run.drain(100).rangeIds().get(0));
    SqliteRun.Packed old = run.read(claim);
    run.store.write(connection -> run.ledger.ranges().release(connection, claim));
    agent.rewrite(7, "v3");
    SqliteRun.Packed fresh = run.read(run.claim(claim.rangeId()));
    run.commit(fresh);

    assertThatThrownBy(() -> run.commit(old)).isInstanceOf(FencedException.class);

    run.catchUp();
    assertThat(run.faults()).isEmpty();
    assertThat(agent.number("SELECT count(*) FROM whimbrel_changes")).isZero();
  }

  @Test
  void aPartOfARange_takesItsKeysOnly_whenTheRestIsMoved() throws SQLException {
    run.copy(15);
    for (int id = 10; id <= 20; id++) {
      agent.rewrite(id, "v2");
    }
    agent.run("DELETE FROM memories WHERE id IN (2, 12, 19)");
    ClaimedRange claim = run.claim(run.drain(100).rangeIds().get(0));
    SqliteRun.Packed part = run.read(claim, 3);
    assertThat(part.rows()).extracting(PlacedRow::key).containsExactly("10", "11", "13");

    long rest;
    try (RangeTransaction transaction = run.session.begin()) {
      run.write(transaction, part, "13");
      rest =
          run.ledger
              .ranges()
              .add(
                  transaction.connection(),
                  run.migrationId,
                  RangeKind.DELTA,
                  claim.round(),
                  new KeyRange("rest", "rest"));
      run.ledger.deltas().moveKeys(transaction.connection(), claim.rangeId(), rest);
      transaction.commit();
    }

    assertThat(agent.number("SELECT count(*) FROM whimbrel_range_keys")).isEqualTo(7);
    assertThat(copied(2, "id") + copied(12, "id") + copied(19, "id")).isEqualTo("nonenone19");
    assertThat(run.faults()).isEmpty();
    run.commit(run.read(run.claim(rest)));
    assertThat(Comparison.of(run, run.session)).isEqualTo(new Comparison(List.of(), List.of()));
    assertThat(agent.number("SELECT count(*) FROM whimbrel_range_keys")).isZero();
  }

  @Test
  void aUniqueValueThatMovesBetweenRanges_isNeverPoison() throws SQLException {
    run.copy(15);
    assertThat(run.store.shadowTable().index(run.migrationId)).isTrue();
    agent.run("UPDATE memories SET slug = NULL WHERE id = 3");
    agent.run("UPDATE memories SET slug = 'slug-3' WHERE id = 33");
    agent.run("UPDATE memories SET slug = 'slug-33' WHERE id = 3");
    List<Long> ranges = run.drain(1).rangeIds();
    assertThat(ranges).hasSize(2);

    // Row 3 comes first, while the copy of row 33 still has its value.
    assertThat(run.commit(run.read(run.claim(ranges.get(0))))).isEqualTo(1);
    assertThat(copied(3, "id")).isEqualTo("none");
    assertThat(run.commit(run.read(run.claim(ranges.get(1))))).isZero();
    assertThat(Comparison.of(run, run.session)).isEqualTo(new Comparison(List.of("3"), List.of()));
    run.catchUp();
    assertThat(Comparison.of(run, run.session)).isEqualTo(new Comparison(List.of(), List.of()));
  }

  @Test
  void aUniqueIndex_waits_whileTheCopyHoldsAValueTwice() throws SQLException {
    run.commit(run.read(run.claim(RangeKind.COPY, new KeyRange(null, "20"))));
    agent.run("DELETE FROM memories WHERE id = 5");
    agent.run("UPDATE memories SET slug = 'slug-5' WHERE id = 35");
    run.commit(run.read(run.claim(RangeKind.COPY, new KeyRange("20", "40"))));

    assertThat(run.store.shadowTable().index(run.migrationId)).isFalse();
    run.catchUp();
    assertThat(run.store.shadowTable().index(run.migrationId)).isTrue();
    assertThat(run.store.shadowTable().index(run.migrationId)).isTrue();
    assertThat(run.faults()).isEmpty();
    assertThat(
            agent.number(
                "SELECT count(*) FROM sqlite_master WHERE tbl_name = 'whimbrel_copy_m1' AND type ="
                    + " 'index'"))
        .isEqualTo(2);
  }

  @Test
  void aCopyRange_leavesARowToDraining_whenAnotherRowStillHoldsItsUniqueValueOrRowid()
      throws SQLException {
    otherStore(AgentStore.TEXT_KEYS, 9);
    run.commit(run.read(run.claim(RangeKind.COPY, new KeyRange(null, "4"))));
    // A UNIQUE of the table's own text is on the copy from the start; so are rowids.
    agent.run("DELETE FROM memories WHERE id = '2'");
    agent.run("UPDATE memories SET slug = 'slug-2' WHERE id = '7'");
    agent.run("UPDATE memories SET rowid = 1000 WHERE id = '3'");
    agent.run("UPDATE memories SET rowid = 3 WHERE id = '8'");

    run.commit(run.read(run.claim(RangeKind.COPY, new KeyRange("4", "9"))));

    assertThat(Comparison.of(run, run.session))
        .isEqualTo(new Comparison(List.of("3", "7", "8"), List.of()));
    run.catchUp();
    assertThat(Comparison.of(run, run.session)).isEqualTo(new Comparison(List.of(), List.of()));
    assertThat(agent.number("SELECT rowid FROM whimbrel_copy_m1 WHERE id = '8'")).isEqualTo(3);
  }

  @Test
  void keysThatDifferInCaseOnly_areOneKey_whenTheColumnSaysSo() throws SQLException {
    otherStore(AgentStore.TEXT_KEYS, 3);
    agent.run("INSERT INTO memories (id, title, content) VALUES ('Key', 't', 'as it was first')");
    run.copy(2);
    agent.run("DELETE FROM memories WHERE id = 'Key'");
    agent.run("INSERT INTO memories (id, title, content) VALUES ('kEY', 't', 'as it is now')");
    List<Long> ranges = run.drain(1).rangeIds();
    assertThat(ranges).hasSize(2);
    for (long range : ranges) {
      SqliteRun.Packed packed = run.read(run.claim(range));
      assertThat(packed.rows()).extracting(PlacedRow::key).containsExactly("kEY");
      assertThat(run.commit(packed, "kEY")).isZero();
    }
    assertThat(Comparison.of(run, run.session)).isEqualTo(new Comparison(List.of(), List.of()));
    assertThat(agent.number("SELECT count(*) FROM whimbrel_range_keys")).isZero();
    assertThat(agent.value("SELECT id FROM whimbrel_copy_m1 WHERE id = 'KEY'")).isEqualTo("kEY");
  }

  @Test
  void aReplacedRow_leavesTheCopy_thoughNoDeleteTriggerFired() throws SQLException {
    run.copy(15);
    agent.run(
        "INSERT OR REPLACE INTO memories (id, title, content, slug) VALUES (60, 't', 'new',"
            + " 'slug-9')");
    agent.run("UPDATE OR REPLACE memories SET slug = 'slug-10' WHERE id = 11");
    run.catchUp();
    assertThat(Comparison.of(run, run.session)).isEqualTo(new Comparison(List.of(), List.of()));
    assertThat(copied(9, "id") + copied(10, "id")).isEqualTo("nonenone");
  }

  @Test
  void aChangedChunk_isAChangeOfItsMemory() throws SQLException {
    agent.run("UPDATE memories SET content = '', content_compressed = 1 WHERE id = 8");
    agent.run(
        "INSERT INTO memory_chunks (memory_id, chunk_index, chunk_data, compression_type) VALUES"
            + " (8, 0, 'first ', 'none'), (8, 1, 'second', 'none')");
    run.copy(15);
    run.catchUp();
    agent.run("UPDATE memory_chunks SET chunk_data = 'changed' WHERE chunk_index = 1");
    agent.run("INSERT INTO memory_chunks (chunk_index, chunk_data) VALUES (0, 'of nobody')");
    assertThat(Comparison.of(run, run.session).faults()).isEmpty();
    assertThat(run.drain(10).tableEmptied()).isFalse();
  }

  @Test
  void failures_goWithTheRowTheyWereAbout() throws SQLException {
    run.copy(15);
    run.store.update(
        connection ->
            run.ledger
                .failures()
                .record(
                    connection,
                    run.migrationId,
                    1,
                    List.of(
                        new io.whimbrel.ledger.FailureLedger.Failure("5", "QUARANTINE", "x", ""),
                        new io.whimbrel.ledger.FailureLedger.Failure("6", "QUARANTINE", "x", ""))));
    agent.rewrite(5, "v2");
    run.catchUp();
    assertThat(agent.value("SELECT group_concat(memory_key) FROM whimbrel_failures"))
        .isEqualTo("6");
  }

  @Test
  void orphanCopies_go_whenTheTableWasEmptied() throws SQLException {
    run.copy(15);
    agent.run("DELETE FROM memories");
    agent.run("DELETE FROM whimbrel_changes");
    agent.run("INSERT INTO whimbrel_changes (memory_key) VALUES (NULL)");
    agent.add(3, "v9");
    assertThat(run.drain(10).tableEmptied()).isTrue();
    assertThat(agent.value("SELECT group_concat(id) FROM whimbrel_copy_m1")).isEqualTo("3");
  }

  @Test
  void pendingContentBytes_countsWhatACutOverWouldCarry() throws SQLException {
    run.copy(15);
    assertThat(run.store.read(run.store.shadowTable()::pendingContentBytes)).isZero();
    agent.run("UPDATE memories SET content = 'äöü' WHERE id IN (3, 4)");
    agent.run("UPDATE memories SET content = 'äöüß' WHERE id = 3");
    assertThat(run.store.read(run.store.shadowTable()::pendingContentBytes)).isEqualTo(14);
  }

  @Test
  void aBrokenCheck_isAnError_andNoConflictThatWouldComeBackForEver() throws SQLException {
    otherStore(
        List.of(
            "CREATE TABLE memories (id INTEGER PRIMARY KEY, title TEXT, content TEXT, slug TEXT,"
                + " CHECK (title <> 'unpacked' OR content IS NOT NULL))"),
        5);
    run.copy(2);
    agent.run("UPDATE memories SET title = 'unpacked' WHERE id = 3");
    SqliteRun.Packed packed = run.read(run.claim(run.drain(10).rangeIds().get(0)));
    assertThatThrownBy(() -> run.commit(packed)).hasMessageContaining("CHECK");
  }
}
