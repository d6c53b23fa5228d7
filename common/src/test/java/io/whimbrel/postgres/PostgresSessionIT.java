// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.legacy.Chunk;
import io.whimbrel.store.BackendId;
import io.whimbrel.store.KeyType;
import io.whimbrel.store.LegacyCursor;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreSession;
import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Database;
import io.whimbrel.testing.TableSnapshots;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading, comparing and writing ranges. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before each test.
class PostgresSessionIT {

  private static PostgresServer server;

  private Database database;
  private PostgresStore store;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void createDatabase() throws SQLException {
    database = server.createDatabase();
  }

  @AfterEach
  void close() {
    if (store != null) {
      store.close();
    }
  }

  private void open() {
    store = PostgresStore.open(database.url(), Map.of(), 8);
  }

  @Test
  void rows_comeInKeyOrderWithTheirChunks_whenReadByRange() throws SQLException {
    SampleStore.create(database, "serial PRIMARY KEY");
    open();
    try (StoreSession session = store.openSession(1);
        LegacyCursor cursor = session.readLegacy(new KeyRange("48", "51"))) {
      List<String> keys = new ArrayList<>();
      while (cursor.next()) {
        keys.add(cursor.row().key());
        if (cursor.row().key().equals("50")) {
          assertThat(cursor.row().content().compressedFlag()).isTrue();
          assertThat(cursor.row().content().bytes()).isEmpty();
          assertThat(cursor.row().content().chunks().get())
              .extracting(Chunk::index, c -> new String(c.data(), StandardCharsets.UTF_8))
              .containsExactly(
                  org.assertj.core.groups.Tuple.tuple(0L, "part 0 of \"50\" ü "),
                  org.assertj.core.groups.Tuple.tuple(1L, "part 1 of \"50\" ü "),
                  org.assertj.core.groups.Tuple.tuple(2L, "part 2 of \"50\" ü "));
        } else {
          assertThat(cursor.row().content().chunks().get()).isEmpty();
        }
      }
      assertThat(keys).containsExactly("49", "50", "51");
    }
  }

  @Test
  void session_servesOn_whenACursorIsClosedEarly() throws SQLException {
    SampleStore.create(database, "serial PRIMARY KEY");
    open();
    try (StoreSession session = store.openSession(1)) {
      for (int i = 0; i < 3; i++) {
        try (LegacyCursor cursor = session.readLegacy(new KeyRange(null, "400"))) {
          assertThat(cursor.next()).isTrue();
          assertThat(cursor.row().key()).isEqualTo("1");
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bigint, INTEGER, -3:5:1000000000000",
    "text, TEXT, :a'b:z\\",
    "varchar(40), TEXT, A:a:ä",
    "uuid, UUID,"
        + " 00000000-0000-0000-0000-000000000001:80000000-0000-0000-0000-000000000000:ffffffff-ffff-ffff-ffff-ffffffffffff"
  })
  void keys_ofEveryTypeWalkInTheirOwnOrder(String type, KeyType expected, String keys)
      throws SQLException {
    database.execute(
        "CREATE TABLE memories (id "
            + type
            + " COLLATE_HERE PRIMARY KEY, content text NOT NULL)".replace(" COLLATE_HERE", ""));
    List<String> inOrder = List.of(keys.split(":", -1));
    for (String key : inOrder) {
      database.execute(
          "INSERT INTO memories VALUES ("
              + Quoting.literal(key)
              + ", 'of ' || "
              + Quoting.literal(key)
              + ")");
    }
    open();
    List<String> expectedOrder = new ArrayList<>();
    try (Connection connection = database.connect()) {
      expectedOrder.addAll(
          Catalog.texts(connection, "SELECT m.id::text FROM memories m ORDER BY m.id"));
    }

    assertThat(store.layout().keyType()).isEqualTo(expected);
    String highest = String.valueOf(store.snapshotReader().extent().highestKey());
    List<String> walked = new ArrayList<>();
    for (String key = store.snapshotReader().keyAfter(null, highest, 1);
        key != null;
        key = store.snapshotReader().keyAfter(key, highest, 1)) {
      walked.add(key);
    }
    assertThat(walked).isEqualTo(expectedOrder).hasSize(inOrder.size());
    try (StoreSession session = store.openSession(1)) {
      String lower = null;
      for (String key : expectedOrder) {
        try (LegacyCursor cursor = session.readLegacy(new KeyRange(lower, key))) {
          assertThat(cursor.next()).isTrue();
          assertThat(cursor.row().key()).isEqualTo(key);
          assertThat(cursor.next()).isFalse();
        }
        lower = key;
      }
    }
  }

  @Test
  void everyType_isCarriedValueForValue() throws SQLException {
    database.execute(
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE DOMAIN short AS text CHECK (length(value) < 9)",
        """
        CREATE TABLE memories (id bigint PRIMARY KEY, content char(5), a numeric, b float8, c float4,
          d jsonb, e json, f xml, g timestamptz, h interval, i inet, j pair, k short, l int4range,
          m bit varying, n tsvector, o point, p "char", q name, r uuid[], s money, t time, u date,
          v oid, w regclass, x bytea, y macaddr, z int[])""",
        """
        INSERT INTO memories VALUES
        (1, 'ab', 1.500, 'NaN', '-0', '{"a": [1.10, null]}', ' {"b":1 , "b":2}', '<a>é</a>',
          '294276-12-31 23:59:59+00', '1 mon -3 days 00:00:00.000001', '10.0.0.1/8', (7, null), 'x',
          '[1,5)', B'1011', 'a:1 b:2', '(1,2)', 'q', 'name', '{}', 12.34, '24:00', 'infinity', 4,
          'pg_class', '\\x00ff', '08:00:2b:01:02:03', '[-1:1]={1,NULL,3}')""",
        "INSERT INTO memories (id, content, a, b, d, e, g, l, z) VALUES (2, NULL, 'Infinity', 0, 'null', 'null', '-infinity', 'empty', '{}')",
        "INSERT INTO memories (id, content, a, d, e, f) VALUES (3, '', -0.00, '1e1000', '\"\"', '<?xml version=\"1.0\"?><b/>')");
    open();
    ManualMigration migration = ManualMigration.begin(store);
    Map<String, List<String>> before = rows();
    migration.copy();

    assertThat(migration.differences()).isEmpty();
    store
        .shadowTable()
        .cutOver(
            migration.migrationId,
            store.inspector().fingerprint(),
            1_000,
            Duration.ofSeconds(2),
            migration.readyToSwap());
    try (Connection connection = database.connect()) {
      String columns =
          "id, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z";
      String row = "SELECT ROW(" + columns + ")::text FROM %s ORDER BY id";
      assertThat(Catalog.texts(connection, Quoting.fill(row, "memories")))
          .isEqualTo(Catalog.texts(connection, Quoting.fill(row, "whimbrel_m1_legacy.memories")))
          .hasSize(3);
    }
    assertThat(migration.texts()).isEqualTo(Map.of("1", "ab   ", "3", "     "));
    store
        .shadowTable()
        .swapBack(
            migration.migrationId,
            Duration.ofSeconds(2),
            migration.step(
                1,
                io.whimbrel.ledger.MigrationState.COMPLETED,
                io.whimbrel.ledger.MigrationState.ROLLED_BACK));
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void comparison_findsEveryDifference() throws SQLException {
    SampleStore.create(database, "serial PRIMARY KEY");
    open();
    ManualMigration migration = ManualMigration.begin(store);
    migration.copy();
    assertThat(migration.differences()).isEmpty();

    database.execute(
        "UPDATE whimbrel_m1.memories SET labels = '{x}' WHERE id = 3",
        "UPDATE whimbrel_m1.memories SET content_offset = content_offset + 1 WHERE id = 5",
        "DELETE FROM whimbrel_m1.memories WHERE id = 7",
        "UPDATE whimbrel_m1.memories SET content = content || 'x' WHERE id = 97",
        "UPDATE memories SET content = 'other' WHERE id = 11",
        "UPDATE memory_chunks SET chunk_data = 'other' WHERE memory_id = 50",
        "INSERT INTO whimbrel_m1.memories (id, title, \"Owner Id\") VALUES (398, 'x', 1)"
            + " ON CONFLICT DO NOTHING",
        "DELETE FROM relations",
        "DELETE FROM memories WHERE id = 398",
        // Nothing explains any of it.
        "DELETE FROM whimbrel_changes");
    List<String> differences = new ArrayList<>();
    try {
      differences.addAll(migration.differences());
    } catch (io.whimbrel.format.SegmentDamagedException e) {
      // A pointer into the middle of a text is found by its checksum.
      assertThat(e).hasMessageContaining("checksum");
      database.execute("UPDATE whimbrel_m1.memories SET content_segment = 999 WHERE id = 5");
      differences.addAll(migration.differences());
    }
    assertThat(differences).containsExactly("3", "5", "7", "11", "50", "97", "extra");
  }

  @Test
  void inlineRows_arePackedInPlaceAndBack_unlessTheyChangedMeanwhile() throws SQLException {
    SampleStore.create(database, "serial PRIMARY KEY");
    open();
    ManualMigration first = ManualMigration.begin(store);
    first.copy();
    store
        .shadowTable()
        .cutOver(
            first.migrationId,
            store.inspector().fingerprint(),
            1_000,
            Duration.ofSeconds(2),
            first.readyToSwap());
    store.shadowTable().afterCutOver(first.migrationId);
    database.execute(
        "UPDATE memories SET content = 'written anew ' || id, content_compressed = NULL,"
            + " content_segment = NULL, content_offset = NULL, content_length = NULL,"
            + " content_crc32c = NULL WHERE id BETWEEN 21 AND 25");
    Map<String, List<String>> before = rows();
    Map<String, String> texts = first.texts();
    assertThat(store.snapshotReader().inlineMemories(8)).isEqualTo(4 + 5);

    KeyRange keys = new KeyRange("20", "25");
    try (StoreSession session = store.openSession(first.migrationId)) {
      ClaimedRange claim = first.claim(session, RangeKind.PACK, keys);
      List<Segment> segments = new ArrayList<>();
      List<PlacedRow> rows = new ArrayList<>();
      try (SegmentPacker packer =
              new SegmentPacker(claim.rangeId(), 0, null, 3, 4096, segments::add);
          LegacyCursor cursor = session.readInline(keys)) {
        while (cursor.next()) {
          rows.add(first.placed(cursor.row(), packer));
        }
        packer.finish();
      }
      database.execute("UPDATE memories SET content = 'again' WHERE id = 24");
      try (RangeTransaction transaction = session.begin()) {
        transaction.insertSegments(segments);
        assertThat(transaction.packInPlace(rows)).isEqualTo(4);
        transaction.commit();
      }
    }
    texts.put("24", "again");
    assertThat(first.texts()).isEqualTo(texts);
    assertThat(database.value("SELECT count(*) FROM whimbrel_undo")).isEqualTo("4");

    database.execute("UPDATE memories SET content = 'written anew 24' WHERE id = 24");
    assertThat(store.shadowTable().unpackInPlace(first.migrationId)).isEqualTo(4);
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void uncommittedRange_leavesNothing() throws SQLException {
    SampleStore.create(database, "serial PRIMARY KEY");
    open();
    ManualMigration migration = ManualMigration.begin(store);
    try (StoreSession session = store.openSession(migration.migrationId)) {
      try (RangeTransaction transaction = session.begin()) {
        transaction.insertSegments(List.of(new Segment(7, null, 1, 1, new byte[] {1})));
      }
      try (RangeTransaction transaction = session.begin()) {
        assertThatThrownBy(
                () ->
                    transaction.insertCopies(
                        List.of(new PlacedRow("1", new byte[] {0, 0}, new byte[0], null, 0, null))))
            .isInstanceOf(SQLException.class);
      }
      try (RangeTransaction transaction = session.begin()) {
        transaction.insertSegments(List.of(new Segment(8, null, 1, 1, new byte[] {1})));
        transaction.commit();
      }
    }
    assertThat(database.value("SELECT string_agg(segment_id::text, ',') FROM memory_segments"))
        .isEqualTo("8");
  }

  @Test
  void terminate_endsAWriterThatHoldsARange_butNoLaterProcess() throws SQLException {
    SampleStore.create(database, "serial PRIMARY KEY");
    open();
    ManualMigration migration = ManualMigration.begin(store);
    try (StoreSession session = store.openSession(migration.migrationId);
        RangeTransaction transaction = session.begin()) {
      BackendId backend = session.writerBackend();
      transaction.insertSegments(List.of(new Segment(7, null, 1, 1, new byte[] {1})));
      store.terminate(new BackendId(backend.processId(), backend.startedAtMicros() + 1));
      transaction.insertSegments(List.of(new Segment(8, null, 1, 1, new byte[] {1})));
      store.terminate(backend);
      assertThatThrownBy(transaction::commit).isInstanceOf(SQLException.class);
      assertThatThrownBy(transaction::close).isInstanceOf(SQLException.class);
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isNotNull();
    }
    assertThat(database.value("SELECT count(*) FROM memory_segments")).isEqualTo("0");
  }

  @Test
  void sample_isSpreadOverTheKeysAndBounded() throws SQLException {
    SampleStore.create(database, "serial PRIMARY KEY");
    open();
    assertThat(store.snapshotReader().sample(1_000, 1 << 20)).hasSize(SampleStore.MEMORIES);
    assertThat(store.snapshotReader().sample(100, 1 << 20)).hasSizeBetween(50, 100);
    long bytes =
        store.snapshotReader().sample(1_000, 5_000).stream()
            .mapToLong(content -> content.bytes() == null ? 0 : content.bytes().length)
            .sum();
    assertThat(bytes).isBetween(1_000L, 6_000L);
  }

  @Test
  void open_isRefusedInOneLine_whenTheDatabaseIsMissing() {
    assertThatThrownBy(
            () ->
                PostgresStore.open(
                    new io.whimbrel.store.StoreUrl.PostgresUrl(
                        "localhost",
                        database.url().port(),
                        "nowhere",
                        "postgres",
                        new io.whimbrel.store.Secret("sesame"),
                        Map.of()),
                    Map.of()))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("no such database")
        .hasMessageNotContaining("sesame")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(
            () ->
                PostgresStore.open(
                    new io.whimbrel.store.StoreUrl.PostgresUrl(
                        "localhost", 1, "nowhere", "postgres", null, Map.of()),
                    Map.of()))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("no PostgreSQL server answers");
  }

  private Map<String, List<String>> rows() throws SQLException {
    try (Connection connection = database.connect()) {
      return TableSnapshots.ofPostgres(connection);
    }
  }
}
