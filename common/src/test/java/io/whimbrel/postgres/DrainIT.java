// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.ledger.FencedException;
import io.whimbrel.store.ComparisonCursor;
import io.whimbrel.store.StoreSession;
import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Database;
import io.whimbrel.testing.PostgresServer.Version;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/** Whatever the application does while its table is copied, the copy follows. */
@SuppressWarnings("NullAway.Init") // Every test begins with open().
class DrainIT {

  private static final Map<Version, PostgresServer> SERVERS = new EnumMap<>(Version.class);

  private Database database;
  private PostgresStore store;
  private ManualMigration migration;
  private ManualDrain drain;

  @AfterAll
  static void stopServers() throws IOException {
    for (PostgresServer server : SERVERS.values()) {
      server.close();
    }
  }

  private void open(Version version, String keyDefinition) throws SQLException {
    database = SERVERS.computeIfAbsent(version, PostgresServer::start).createDatabase();
    SampleStore.create(database, keyDefinition);
    // Old rows break it, and could not be updated.
    database.execute("ALTER TABLE memories DROP CONSTRAINT small_amounts");
    begin();
  }

  private void begin() throws SQLException {
    store = PostgresStore.open(database.url(), Map.of(), 8);
    migration = ManualMigration.begin(store);
    drain = new ManualDrain(migration);
  }

  @AfterEach
  void closeStore() {
    if (store != null) {
      store.close();
    }
  }

  private long logged() throws SQLException {
    return store.<Long>read(store.capture()::pending);
  }

  @ParameterizedTest
  @CsvSource({
    "NEWEST, serial PRIMARY KEY, 7",
    "OLDEST, serial PRIMARY KEY, 1000",
    "NEWEST, integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, 50",
    "OLDEST, bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, 3"
  })
  void copy_followsEveryKindOfChange(Version version, String key, int keysPerRange)
      throws SQLException {
    open(version, key);
    migration.copyRanges();
    changeEverything();
    while (logged() > 0) {
      drain.round(keysPerRange);
    }
    assertThat(store.shadowTable().index(migration.migrationId)).isTrue();
    assertThat(migration.differences()).isEmpty();

    // Once more with the unique index in place.
    database.execute(
        "UPDATE memories SET title = 'moved ' || title WHERE id % 3 = 1",
        "UPDATE memories SET title = 'title ' || (id + 1) WHERE id % 3 = 2 AND id < 300");
    while (logged() > 0) {
      drain.round(keysPerRange);
    }
    assertThat(migration.differences()).isEmpty();
    assertThat(database.value("SELECT count(*) FROM whimbrel_range_keys")).isEqualTo("0");
    assertThat(store.shadowTable().index(migration.migrationId)).isTrue();
    store.shadowTable().tidy(migration.migrationId);
  }

  private void changeEverything() throws SQLException {
    database.execute(
        "UPDATE memories SET content = 'new text ' || id, content_compressed = false WHERE id < 20",
        "UPDATE memories SET amount = 7 WHERE id BETWEEN 15 AND 40",
        "UPDATE memory_chunks SET chunk_data = 'rewritten' WHERE memory_id = 50",
        "DELETE FROM memory_chunks WHERE memory_id = 100",
        "DELETE FROM relations WHERE target BETWEEN 60 AND 70",
        "DELETE FROM memories WHERE id BETWEEN 61 AND 65",
        "DELETE FROM relations WHERE source = 97 OR target = 97",
        "INSERT INTO memories (title, content, \"Owner Id\") SELECT 'new ' || n, 'fresh ' || n, 1"
            + " FROM generate_series(1, 30) n",
        "INSERT INTO memories (title, content, \"Owner Id\") VALUES ('title 5', 'other', 1)"
            + " ON CONFLICT (title, \"Owner Id\") DO UPDATE SET content = 'merged',"
            + " content_compressed = NULL");
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("UPDATE memories SET content = 'gone' WHERE id < 300");
      connection.rollback();
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void copy_followsMerge_copyIn_cascades_andChangesOfKeys(Version version)
      throws SQLException, IOException {
    open(version, "serial PRIMARY KEY");
    migration.copyRanges();
    database.execute(
        "MERGE INTO memories m USING (VALUES (3, 'merged'), (9000, 'added')) v (id, text)"
            + " ON m.id = v.id WHEN MATCHED THEN UPDATE SET content = v.text,"
            + " content_compressed = NULL"
            + " WHEN NOT MATCHED THEN INSERT (id, title, content, \"Owner Id\")"
            + " VALUES (v.id, v.text, v.text, 1)",
        "ALTER TABLE memories DROP CONSTRAINT owner_exists, ADD CONSTRAINT owner_exists FOREIGN KEY"
            + " (\"Owner Id\") REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE",
        "UPDATE users SET id = 50 WHERE id = 5",
        "DELETE FROM relations",
        "DELETE FROM memory_chunks",
        "UPDATE memories SET parent_id = NULL",
        "DELETE FROM users WHERE id = 2",
        "UPDATE memories SET id = -id WHERE id % 7 = 0");
    try (Connection connection = database.connect()) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(
              "COPY memories (id, title, content, \"Owner Id\") FROM STDIN",
              new StringReader("9500\tcopied\tby copy\t1\n"));
    }
    while (logged() > 0) {
      drain.round(40);
    }
    assertThat(migration.differences()).isEmpty();
    assertThat(store.shadowTable().index(migration.migrationId)).isTrue();
    assertThat(store.shadowTable().count(migration.migrationId))
        .isEqualTo(Long.parseLong(database.value("SELECT count(*) FROM memories")));
  }

  @Test
  void rowInTheWay_isWaitedFor_whenUniqueValuesMove() throws SQLException {
    open(Version.NEWEST, "serial PRIMARY KEY");
    migration.copy();
    // Each takes the title of the one before: in any order of ranges of one key somebody waits.
    database.execute("UPDATE memories SET \"Owner Id\" = 1");
    while (logged() > 0) {
      drain.round(1000);
    }
    database.execute(
        "UPDATE memories SET title = 'turn ' || id WHERE id <= 10",
        "UPDATE memories SET title = 'title ' || (id % 10 + 1) WHERE id <= 10");
    int back = drain.round(1);
    assertThat(back).isGreaterThan(0);
    assertThat(logged()).isEqualTo(back);
    int rounds = 1;
    while (logged() > 0) {
      drain.round(1);
      assertThat(++rounds).isLessThan(12);
    }
    assertThat(migration.differences()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "UNIQUE (title) DEFERRABLE INITIALLY DEFERRED",
    "UNIQUE (title) DEFERRABLE",
    "EXCLUDE (title WITH =)",
    "UNIQUE NULLS NOT DISTINCT (title)"
  })
  void rowInTheWay_isWaitedFor_whateverKindOfConstraint(String constraint) throws SQLException {
    database = SERVERS.computeIfAbsent(Version.NEWEST, PostgresServer::start).createDatabase();
    database.execute(
        "CREATE TABLE memories (id text COLLATE \"C\" PRIMARY KEY, title text, content text NOT"
            + " NULL, "
            + constraint
            + ")",
        "INSERT INTO memories SELECT 'k' || n, 't' || n, 'content ' || n FROM generate_series(1, 9)"
            + " n");
    begin();
    migration.copy();
    database.execute(
        "BEGIN; UPDATE memories SET title = 'x' || id; UPDATE memories SET title = 't' || (10 -"
            + " substr(id, 2)::int); COMMIT");
    int back = drain.round(1);
    assertThat(back).isGreaterThan(0);
    while (logged() > 0) {
      drain.round(1);
    }
    assertThat(migration.differences()).isEmpty();
  }

  @Test
  void uniqueIndex_isBuiltLater_whenTheCopyHoldsStaleValues() throws SQLException {
    open(Version.NEWEST, "serial PRIMARY KEY");
    migration.copyRanges();
    // One gives its title away; only the one that has it now is brought up to date.
    database.execute(
        "UPDATE memories SET title = 'free' WHERE id = 12",
        "UPDATE memories SET title = 'title 12', \"Owner Id\" = 3 WHERE id = 13");
    long stale = drain.take(1).rangeIds().get(1);
    try (StoreSession session = store.openSession(migration.migrationId)) {
      drain.commit(session, drain.read(session, stale, 10));
    }
    assertThat(store.shadowTable().index(migration.migrationId)).isFalse();
    assertThat(store.shadowTable().index(migration.migrationId)).isFalse();
    try (StoreSession session = store.openSession(migration.migrationId)) {
      drain.commit(session, drain.read(session, stale - 1, 10));
    }
    assertThat(store.shadowTable().index(migration.migrationId)).isTrue();
    assertThat(migration.differences()).isEmpty();
  }

  @Test
  void rest_keepsItsKeys_whenOnlyAPartWasWritten() throws SQLException {
    database = SERVERS.computeIfAbsent(Version.NEWEST, PostgresServer::start).createDatabase();
    // In this collation the order differs from that of the bytes.
    database.execute(
        "CREATE COLLATION loud (provider = icu, locale = 'en')",
        "CREATE TABLE memories (id text COLLATE loud PRIMARY KEY, content text NOT NULL)",
        "INSERT INTO memories SELECT k, 'text of ' || k FROM unnest(ARRAY['a', 'B', 'c', 'D', 'e',"
            + " 'F', 'ä', '10', '9']) k");
    begin();
    migration.copy();
    database.execute(
        "UPDATE memories SET content = content || '!' WHERE id <> 'B'",
        "DELETE FROM memories WHERE id IN ('B', 'e')");
    long range = drain.take(1000).rangeIds().get(0);
    try (StoreSession session = store.openSession(migration.migrationId)) {
      ManualDrain.Packed part = drain.read(session, range, 4);
      assertThat(part.rows()).extracting(row -> row.key()).containsExactly("10", "9", "a", "ä");
      drain.commit(session, part);
      assertThat(
              database.value(
                  "SELECT string_agg(memory_key, ' ' ORDER BY memory_key COLLATE \"C\") FROM"
                      + " whimbrel_range_keys WHERE range_id > "
                      + range))
          .isEqualTo("B D F c e");
      drain.commit(session, drain.read(session, range + 1, 100));
    }
    assertThat(migration.differences()).isEmpty();
  }

  @Test
  void lateCommit_isRefused_andLeavesTheKeys() throws SQLException {
    open(Version.NEWEST, "serial PRIMARY KEY");
    migration.copy();
    database.execute("UPDATE memories SET amount = 5 WHERE id IN (1, 2)");
    long range = drain.take(10).rangeIds().get(0);
    try (StoreSession session = store.openSession(migration.migrationId)) {
      ManualDrain.Packed late = drain.read(session, range, 10);
      // The reaper takes it away, and another worker does it.
      database.execute("UPDATE whimbrel_ranges SET state = 'PENDING' WHERE range_id = " + range);
      database.execute("UPDATE memories SET amount = 6 WHERE id IN (1, 2)");
      try (StoreSession other = store.openSession(migration.migrationId)) {
        drain.commit(other, drain.read(other, range, 10));
      }
      assertThatThrownBy(() -> drain.commit(session, late)).isInstanceOf(FencedException.class);
    }
    drain.round(10);
    assertThat(migration.differences()).isEmpty();
  }

  @Test
  void slowTransaction_isInTheNextRound_whenItLoggedEarlyAndCommitsLate() throws SQLException {
    open(Version.NEWEST, "serial PRIMARY KEY");
    migration.copy();
    try (Connection slow = database.connect();
        Statement statement = slow.createStatement()) {
      slow.setAutoCommit(false);
      statement.execute("UPDATE memories SET amount = 5 WHERE id = 1");
      database.execute("UPDATE memories SET amount = 5 WHERE id = 2");
      assertThat(drain.take(10).changedKeys()).isEqualTo(1);
      assertThatThrownBy(() -> drain.take(10)).isInstanceOf(IllegalStateException.class);
      slow.commit();
    }
    assertThat(logged()).isEqualTo(1);
    assertThat(pending("1", "2", "3")).isEqualTo("true true false");
  }

  private String pending(String... keys) throws SQLException {
    List<String> answers = new ArrayList<>();
    try (StoreSession session = store.openSession(migration.migrationId);
        ComparisonCursor cursor = session.compare(new KeyRange(null, "500"))) {
      for (String key : keys) {
        answers.add(String.valueOf(cursor.isPending(key)));
      }
    }
    return String.join(" ", answers);
  }

  @Test
  void pendingKeys_areThoseOfTheComparisonsOwnSnapshot() throws SQLException {
    open(Version.NEWEST, "serial PRIMARY KEY");
    migration.copy();
    database.execute("DELETE FROM relations", "UPDATE memories SET parent_id = NULL");
    drain.round(1000);
    database.execute("DELETE FROM memories WHERE id IN (3, 4)");
    try (StoreSession session = store.openSession(migration.migrationId);
        ComparisonCursor cursor = session.compare(new KeyRange(null, "500"))) {
      assertThat(cursor.next()).isTrue();
      database.execute("UPDATE memories SET amount = 9 WHERE id = 5");
      drain.round(10);
      assertThat(cursor.isPending("3")).isTrue();
      assertThat(cursor.isPending("5")).isFalse();
      while (cursor.next()) {
        ComparisonCursor.ComparedRow row = cursor.row();
        assertThat(row.columnsEqual() || cursor.isPending(row.key())).isTrue();
      }
      assertThat(cursor.extraCopies()).isZero();
    }
    database.execute("DELETE FROM memory_chunks", "DELETE FROM memories WHERE id = 9");
    database.execute("DELETE FROM whimbrel_changes WHERE memory_key = '9'");
    assertThat(migration.differences()).contains("extra");
    database.execute("INSERT INTO whimbrel_changes (memory_key) VALUES (NULL)");
    assertThat(pending("1")).isEqualTo("true");
    try (StoreSession session = store.openSession(migration.migrationId);
        ComparisonCursor cursor = session.compare(new KeyRange(null, "500"))) {
      while (cursor.next()) {
        assertThat(cursor.isPending(cursor.row().key())).isTrue();
      }
      assertThat(cursor.extraCopies()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void truncate_emptiesTheCopy_andWhatComesAfterIsCopied(Version version) throws SQLException {
    open(version, "serial PRIMARY KEY");
    migration.copy();
    database.execute(
        "UPDATE memories SET amount = 3 WHERE id = 3",
        "TRUNCATE memories, relations, memory_chunks",
        "INSERT INTO memories (id, title, content, \"Owner Id\") VALUES (3, 'n', 'new', 1),"
            + " (700, 'm', 'newer', 1)");
    assertThat(pending("399")).isEqualTo("true");
    drain.round(10);
    assertThat(migration.differences()).isEmpty();
    assertThat(store.shadowTable().count(migration.migrationId)).isEqualTo(2);
    assertThat(database.value("SELECT count(*) FROM whimbrel_failures")).isEqualTo("0");
  }

  @Test
  void chunkedMemories_areReadAgain_whenAllChunksGoAtOnce() throws SQLException {
    open(Version.NEWEST, "serial PRIMARY KEY");
    migration.copy();
    database.execute("TRUNCATE memory_chunks");
    assertThat(
            database.value(
                "SELECT string_agg(memory_key, ' ' ORDER BY memory_key::int) FROM whimbrel_changes"))
        .isEqualTo("50 100 150 200 250 300 350 400");
    drain.round(3);
    assertThat(migration.differences()).isEmpty();
  }

  @Test
  void contentBytes_areThoseUnderTheLog() throws SQLException {
    open(Version.NEWEST, "serial PRIMARY KEY");
    assertThat(store.<Long>read(store.shadowTable()::pendingContentBytes)).isZero();
    database.execute(
        "UPDATE memories SET content = repeat('ä', 1000) WHERE id IN (1, 2)",
        "UPDATE memories SET amount = 1 WHERE id = 2",
        "DELETE FROM relations WHERE 7 IN (source, target)",
        "DELETE FROM memories WHERE id = 7");
    assertThat(store.<Long>read(store.shadowTable()::pendingContentBytes)).isEqualTo(4000);
  }
}
