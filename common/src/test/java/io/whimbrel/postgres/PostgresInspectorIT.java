// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.store.Inspection;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Database;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an inspection tells, and what it refuses. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before each test.
class PostgresInspectorIT {

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
  void open() throws SQLException {
    database = server.createDatabase();
    store = PostgresStore.open(database.url(), Map.of(), 3);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void inspection_namesWhatHangsOnTheTable() throws SQLException {
    SampleStore.create(database, "serial PRIMARY KEY");
    database.execute("CREATE VIEW contents AS SELECT id, content FROM memories");
    Inspection inspection = store.inspector().inspect();

    assertThat(inspection.layoutName()).isEqualTo("G3");
    assertThat(inspection.memoriesEstimated()).isEqualTo(SampleStore.MEMORIES);
    assertThat(inspection.sizes().memories()).isPositive();
    assertThat(inspection.sizes().wholeStore()).isGreaterThan(inspection.sizes().memories());
    assertThat(inspection.diskNeededBytes()).isGreaterThan(inspection.sizes().memories());
    assertThat(inspection.diskFreeBytes()).isPositive();
    assertThat(inspection.facts())
        .anyMatch(fact -> fact.startsWith("server: PostgreSQL"))
        .anyMatch(fact -> fact.contains("key: id of type integer"))
        .anyMatch(fact -> fact.contains("memories_lower"))
        .anyMatch(fact -> fact.contains("source_exists"))
        .anyMatch(fact -> fact.equals("trigger: touched"))
        .anyMatch(fact -> fact.equals("view: public.titles"))
        .anyMatch(fact -> fact.contains("memories_id_seq"))
        .anyMatch(fact -> fact.equals("publication: of_memories"))
        .anyMatch(fact -> fact.contains("app_reader"));
    assertThat(inspection.warnings())
        .anyMatch(warning -> warning.contains("public.contents"))
        .noneMatch(warning -> warning.contains("public.titles"))
        .anyMatch(warning -> warning.contains("the publication of_memories is carried over"))
        .anyMatch(warning -> warning.contains("insert rows by position"))
        .anyMatch(warning -> warning.contains("target_exists"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CREATE TABLE other (id int)                                      | no table memories
          CREATE TABLE memories (id int, content text)                     | no usable key
          CREATE TABLE memories (id int PRIMARY KEY, body text)            | no column content
          CREATE TABLE memories (id int PRIMARY KEY, content bytea)        | of type bytea
          CREATE TABLE memories (id int PRIMARY KEY, content text, content_compressed text) | of type text
          CREATE VIEW memories AS SELECT 1 AS id, 'x'::text AS content     | a view
          CREATE TABLE memories (id int PRIMARY KEY, content text) PARTITION BY RANGE (id) | partitioned
          """)
  void table_isRefused_whenItIsNotWhatIsNeeded(String ddl, String message) throws SQLException {
    database.execute(ddl);
    assertThatThrownBy(() -> store.inspector().inspect())
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ALTER TABLE memories ENABLE ROW LEVEL SECURITY                        | row security (enabled)
          CREATE POLICY mine ON memories USING (true)                           | row security (mine)
          CREATE PUBLICATION everything FOR ALL TABLES                          | everything covers every
          CREATE PUBLICATION public_things FOR TABLES IN SCHEMA public          | public_things covers the whole schema
          CREATE PUBLICATION chosen FOR TABLE memories WHERE (content <> '')    | which becomes NULL: chosen
          CREATE PUBLICATION p FOR TABLE memories (id, content); ALTER TABLE memories REPLICA IDENTITY FULL | updates would fail: p
          CREATE RULE loud AS ON DELETE TO memories DO ALSO NOTIFY gone         | rules name the table memories and cannot be carried over: loud
          CREATE MATERIALIZED VIEW frozen AS SELECT id FROM memories            | materialized views on memories cannot be carried over: public.frozen
          CREATE FUNCTION one() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM memories; END | (BEGIN ATOMIC): public.one()
          CREATE FUNCTION all_of() RETURNS SETOF memories LANGUAGE sql AS 'SELECT * FROM memories' | row type of memories
          CREATE TABLE child () INHERITS (memories)                             | inheritance
          CREATE INDEX by_content ON memories (md5(content))                    | public.by_content
          CREATE INDEX part ON memories (id) WHERE content LIKE 'a%'            | public.part
          ALTER TABLE memories ADD CONSTRAINT one_content UNIQUE (content)      | public.one_content
          ALTER TABLE memories ADD CONSTRAINT filled CHECK (content <> '')      | change: filled
          ALTER TABLE memories ADD words int GENERATED ALWAYS AS (length(content)) STORED | generated columns read the column content, which becomes NULL: words
          ALTER TABLE memories ADD content_segment bigint                       | half-done migration
          CREATE TABLE memory_segments (id int)                                 | no migration recorded
          CREATE SCHEMA whimbrel_m7                                             | whimbrel_m7
          """)
  void store_isRefusedByName_whenSomethingCannotBeCarried(String ddl, String message)
      throws SQLException {
    database.execute("CREATE TABLE memories (id int PRIMARY KEY, content text NOT NULL)");
    store.inspector().inspect();
    database.execute(ddl);
    assertThatThrownBy(() -> store.inspector().inspect())
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining(message);
  }

  @Test
  void trigger_isRefused_whenItReadsContent() throws SQLException {
    database.execute(
        "CREATE TABLE memories (id int PRIMARY KEY, content text NOT NULL)",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN PERFORM length(NEW.content); RETURN NEW; END'",
        "CREATE TRIGGER noted BEFORE UPDATE ON memories FOR EACH ROW EXECUTE FUNCTION note()");
    assertThatThrownBy(() -> store.inspector().inspect())
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("noted");
  }

  @Test
  void rights_areMissedByName_beforeAnythingIsTouched() throws SQLException {
    database.execute(
        "DO $$ BEGIN CREATE ROLE visitor LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "CREATE TABLE memories (id int PRIMARY KEY, content text NOT NULL)",
        "GRANT ALL ON memories TO visitor",
        "CREATE PUBLICATION theirs FOR TABLE memories");
    try (PostgresStore visitor = PostgresStore.open(database.url("visitor"), Map.of(), 2)) {
      assertThatThrownBy(() -> visitor.inspector().inspect())
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("belongs to postgres")
          .hasMessageContaining("the publication theirs must be changed")
          .hasMessageContaining("GRANT CREATE ON DATABASE");
      database.execute(
          "ALTER TABLE memories OWNER TO visitor",
          "DROP PUBLICATION theirs",
          "GRANT CREATE ON SCHEMA public TO visitor",
          "GRANT CREATE ON DATABASE " + database.name() + " TO visitor");
      Inspection inspection = visitor.inspector().inspect();
      assertThat(inspection.layoutName()).isEqualTo("memories(id, content)");
      assertThat(inspection.warnings())
          .anyMatch(warning -> warning.contains("GRANT pg_monitor TO visitor"));
      assertThat(store.inspector().inspect().warnings())
          .noneMatch(warning -> warning.contains("pg_monitor"));
    }
  }

  @Test
  void fingerprint_changesWithTheDefinition_andWithNothingElse() throws SQLException {
    SampleStore.create(database, "serial PRIMARY KEY");
    String fingerprint = store.inspector().fingerprint();
    database.execute(
        "UPDATE memories SET amount = 5",
        "ANALYZE memories",
        "CREATE TABLE unrelated (id int)",
        "SET search_path = pg_temp");
    store.capture().install();
    assertThat(store.inspector().fingerprint()).isEqualTo(fingerprint);
    List<String> changes =
        List.of(
            "ALTER TABLE memories ALTER COLUMN amount SET DEFAULT 3",
            "GRANT INSERT ON memories TO app_reader",
            "CREATE INDEX another ON memories (amount)",
            "ALTER TABLE memories ENABLE TRIGGER quiet",
            "ALTER TABLE memories ALTER COLUMN title SET STATISTICS 400",
            "ALTER PUBLICATION of_memories DROP TABLE memories",
            "CREATE VIEW another_view AS SELECT id FROM memories",
            "CREATE TABLE leaf (id int REFERENCES memories)",
            "ALTER TABLE memories RENAME COLUMN amount TO quantity",
            "COMMENT ON TABLE memories IS 'else'");
    for (String change : changes) {
      database.execute(change);
      String next = store.inspector().fingerprint();
      assertThat(next).as(change).isNotEqualTo(fingerprint);
      fingerprint = next;
    }
  }
}
