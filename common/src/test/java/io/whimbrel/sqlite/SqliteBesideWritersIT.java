// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.metrics.ThrottleReason;
import io.whimbrel.retry.EnvironmentErrors;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.StoreSession;
import io.whimbrel.store.StoreUrl;
import io.whimbrel.store.Strain;
import io.whimbrel.store.TooManyChangesException;
import io.whimbrel.testing.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on a store that others use at the same time. */
class SqliteBesideWritersIT {

  private static AgentStore store(Path folder, int memories) throws SQLException {
    AgentStore agent = AgentStore.create(folder.resolve("memory.db"), AgentStore.CURRENT);
    agent.fill(memories);
    return agent;
  }

  @Test
  void anotherProcess_writesAndReadsThroughBothSwaps(@TempDir Path folder) throws Exception {
    Path stop = folder.resolve("stop");
    Path output = folder.resolve("output");
    try (AgentStore agent = store(folder, 400);
        SqliteRun run = SqliteRun.begin(agent.file)) {
      run.copy(50);
      run.store.shadowTable().index(run.migrationId);
      Process application = WritingProcess.start(agent.file, stop, output);
      try {
        waitForWrites(agent, 20);
        cutOverAmongWrites(run);
        assertThat(run.store.manners().othersWrite()).isTrue();
        assertThat(run.session.rowsPerTransaction()).isLessThan(1_000_000);
        agent.run("DELETE FROM memories WHERE id = 300");
        waitForWrites(agent, 20);
        swapBackAmongWrites(run);
      } finally {
        Files.createFile(stop);
      }
      WritingProcess.Outcome outcome = WritingProcess.outcome(application, output);
      assertThat(outcome.error()).isEqualTo("none");
      assertThat(outcome.writes()).isGreaterThan(40);
      assertThat(outcome.longestMillis()).isLessThan(5_000);
      assertThat(agent.number("SELECT count(*) FROM memories")).isEqualTo(399);
      assertThat(
              agent.number(
                  "SELECT max(CAST(substr(title, 20) AS INTEGER)) FROM memories WHERE title LIKE"
                      + " 'by the%'"))
          .isEqualTo(outcome.writes() - 1);
      assertThat(agent.value("PRAGMA integrity_check")).isEqualTo("ok");
    }
  }

  private static void waitForWrites(AgentStore agent, int writes) {
    long before = agent.number("SELECT count(*) FROM whimbrel_changes");
    Eventually.eventually(
        Duration.ofSeconds(30),
        () -> agent.number("SELECT count(*) FROM whimbrel_changes") > before + writes);
  }

  private static void cutOverAmongWrites(SqliteRun run) throws SQLException {
    for (int attempt = 0; ; attempt++) {
      try {
        for (long range : run.drain(100).rangeIds()) {
          run.commit(run.read(run.claim(range)));
        }
        run.cutOver();
        return;
      } catch (LockNotAvailableException | TooManyChangesException e) {
        assertThat(attempt).as(e.getMessage()).isLessThan(20);
      }
    }
  }

  private static void swapBackAmongWrites(SqliteRun run) throws SQLException {
    for (int attempt = 0; ; attempt++) {
      try {
        run.swapBack();
        return;
      } catch (LockNotAvailableException e) {
        assertThat(attempt).as(e.getMessage()).isLessThan(20);
      }
    }
  }

  @Test
  void aRange_isLeftToALaterTry_whileAnApplicationHoldsTheLock(@TempDir Path folder)
      throws Exception {
    try (AgentStore agent = store(folder, 40);
        SqliteRun run = SqliteRun.begin(agent.file)) {
      agent.run("BEGIN IMMEDIATE");
      long start = System.nanoTime();
      assertThatThrownBy(() -> run.session.begin().close())
          .satisfies(e -> assertThat(EnvironmentErrors.cause(e)).isPresent());
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(run.store.manners().waitedNanos()).isGreaterThan(1_000_000_000);
      agent.run("COMMIT");
      run.session.begin().close();
    }
  }

  @Test
  void theLog_staysSmall_thoughSomebodyReadsAllTheTime(@TempDir Path folder) throws Exception {
    try (AgentStore agent = store(folder, 2_000);
        SqliteRun run = SqliteRun.begin(agent.file)) {
      AtomicBoolean stop = new AtomicBoolean();
      AtomicReference<Exception> failure = new AtomicReference<>();
      List<Thread> readers =
          List.of(
              reader(run, stop, failure), reader(run, stop, failure), reader(run, stop, failure));
      readers.forEach(Thread::start);
      run.store.update(
          connection ->
              connection.createStatement().execute("CREATE TABLE whimbrel_bulk (body BLOB)"));
      long largest = 0;
      for (int i = 0; i < 120; i++) {
        writeBulk(run.store, 1);
        largest = Math.max(largest, run.store.wal().bytes());
      }
      stop.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(failure.get()).isNull();
      // 240 MB were written; some is written while a moment without readers is waited for.
      assertThat(largest).isLessThan(WalKeeper.BYTES_MAX + (24L << 20));
    }
  }

  @Test
  void theLogIsToldOf_whileAForeignReaderKeepsIt_andCutWhenHeHasGone(@TempDir Path folder)
      throws Exception {
    try (AgentStore agent = store(folder, 40);
        AgentStore reader = agent.another();
        SqliteStore store = open(agent, SqliteStore.Access.READ_WRITE)) {
      store.enterRunMode();
      assertThat(store.strain()).isEmpty();
      store.update(c -> c.createStatement().execute("CREATE TABLE whimbrel_bulk (body BLOB)"));
      reader.run("BEGIN");
      reader.value("SELECT count(*) FROM memories");
      writeBulk(store, 40);
      assertThat(store.strain())
          .extracting(Strain::reason)
          .containsExactly(ThrottleReason.WAL_SIZE);
      reader.run("COMMIT");
      writeBulk(store, 10);
      assertThat(store.strain()).isEmpty();
    }
  }

  private static void writeBulk(SqliteStore store, int times) throws SQLException {
    for (int i = 0; i < times; i++) {
      store.update(
          connection ->
              connection
                  .createStatement()
                  .execute("INSERT INTO whimbrel_bulk VALUES (randomblob(2000000))"));
    }
  }

  private static Thread reader(
      SqliteRun run, AtomicBoolean stop, AtomicReference<Exception> failure) {
    return new Thread(
        () -> {
          try (StoreSession session = run.store.openSession(run.migrationId)) {
            while (!stop.get()) {
              try (LegacyCursor cursor = session.readLegacy(new KeyRange(null, "2000"))) {
                while (cursor.next()) {
                  cursor.row();
                }
              }
            }
          } catch (SQLException | RuntimeException e) {
            failure.set(e);
          }
        });
  }

  @Test
  void theRunGoesOn_withSmallTransactions_whenTheLogCannotBeHad(@TempDir Path folder)
      throws Exception {
    try (AgentStore agent = store(folder, 40);
        AgentStore reader = agent.another()) {
      reader.run("BEGIN");
      reader.value("SELECT count(*) FROM memories");
      try (SqliteStore store = open(agent, SqliteStore.Access.READ_WRITE)) {
        store.enterRunMode();
        assertThat(store.mode()).isEqualTo("delete");
        assertThat(store.rowsPerTransaction()).isLessThan(10_000);
        reader.run("COMMIT");
        store.enterRunMode();
        assertThat(store.mode()).isEqualTo("wal");
        assertThat(store.rowsPerTransaction()).isEqualTo(Integer.MAX_VALUE);
      }
    }
  }

  @Test
  void theChangeOfTheJournalMode_isNotTakenForAnotherWriter(@TempDir Path folder)
      throws SQLException {
    try (AgentStore agent = store(folder, 40);
        SqliteStore store =
            SqliteStore.open(
                new io.whimbrel.store.StoreUrl.SqliteUrl(agent.file),
                SqliteStore.Access.READ_WRITE)) {
      store.update(connection -> Ledger.of(store).schema().create(connection));
      store.enterRunMode();
      assertThat(store.mode()).isEqualTo("wal");
      store.update(connection -> {});
      assertThat(store.manners().othersWrite()).isFalse();
      assertThat(store.rowsPerTransaction()).isEqualTo(Integer.MAX_VALUE);
    }
  }

  // Whoever closes a file drops every lock of his process on it, also those of other connections.
  @Test
  void theLockIsKept_whateverElseTheProcessLooksAt(@TempDir Path folder) throws Exception {
    try (AgentStore agent = store(folder, 40);
        SqliteStore store = open(agent, SqliteStore.Access.READ_WRITE)) {
      assertThat(store.mode()).isEqualTo("delete");
      assertThat(LockProbe.isFree(agent.file)).isTrue();
      try (SqliteWriter.Turn turn = store.lockWriter()) {
        turn.begin(Duration.ofSeconds(5));
        turn.execute("UPDATE memories SET title = 'held' WHERE id = 1");
        try (SqliteStore other = open(agent, SqliteStore.Access.READ_ONLY)) {
          other.inspector().inspect();
        }
        store.inspector().inspect();
        store.inspector().fingerprint();
        store.strain();
        assertThat(LockProbe.isFree(agent.file)).isFalse();
        turn.commit();
      }
      assertThat(LockProbe.isFree(agent.file)).isTrue();
    }
  }

  private static SqliteStore open(AgentStore agent, SqliteStore.Access access) {
    return SqliteStore.open(new StoreUrl.SqliteUrl(agent.file), access);
  }
}
