// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.testing.PostgresServer.Database;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Locale;
import java.util.zip.DeflaterOutputStream;

/** A store as an application has it: with everything that can hang on its table. */
final class SampleStore {

  static final int MEMORIES = 400;

  private SampleStore() {}

  /**
   * @param keyDefinition the type of the key, such as {@code serial PRIMARY KEY}
   */
  static void create(Database database, String keyDefinition) throws SQLException {
    database.execute(
        "DO $$ BEGIN CREATE ROLE app_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "DO $$ BEGIN CREATE ROLE app_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL)",
        "INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 5) n",
        "CREATE TYPE mood AS ENUM ('calm', 'keen')",
        String.format(
            Locale.ROOT,
            """
            CREATE TABLE memories (
              id %s,
              dropped text,
              title varchar(200) NOT NULL,
              content text NOT NULL,
              "Owner Id" integer NOT NULL CONSTRAINT owner_exists REFERENCES users (id),
              parent_id integer CONSTRAINT parent_exists REFERENCES memories (id) DEFERRABLE,
              created_at timestamp DEFAULT now(),
              memory_metadata jsonb,
              embedding bytea,
              amount numeric(12, 3),
              mood mood,
              labels text[],
              title_length integer GENERATED ALWAYS AS (length(title)) STORED,
              content_compressed boolean,
              content_size integer,
              UNIQUE (title, "Owner Id"),
              CONSTRAINT amount_positive CHECK (amount > 0)) WITH (fillfactor = 90)\
            """,
            keyDefinition),
        "ALTER TABLE memories DROP COLUMN dropped",
        "CREATE INDEX memories_metadata ON memories USING gin (memory_metadata)",
        "CREATE INDEX memories_recent ON memories (created_at DESC NULLS LAST)"
            + " WITH (fillfactor = 80) WHERE amount > 10",
        "CREATE INDEX memories_lower ON memories (lower(title))",
        "COMMENT ON INDEX memories_lower IS 'for look-ups'",
        "CREATE STATISTICS memories_related (dependencies) ON title, amount FROM memories",
        "ALTER TABLE memories ALTER COLUMN title SET STATISTICS 300",
        "ALTER TABLE memories ALTER COLUMN embedding SET STORAGE EXTERNAL",
        "ALTER TABLE memories REPLICA IDENTITY FULL, SET (toast.autovacuum_enabled = true)",
        "COMMENT ON TABLE memories IS 'what was ''remembered'''",
        "COMMENT ON COLUMN memories.title IS 'a title'",
        "COMMENT ON CONSTRAINT memories_pkey ON memories IS 'the key'",
        "COMMENT ON CONSTRAINT owner_exists ON memories IS 'somebody owns it'",
        "GRANT SELECT ON memories TO app_reader",
        "CREATE PUBLICATION of_memories FOR TABLE memories WITH (publish = 'insert')",
        "GRANT UPDATE (title) ON memories TO app_reader WITH GRANT OPTION",
        "CREATE TABLE relations (id serial PRIMARY KEY, source integer CONSTRAINT source_exists"
            + " REFERENCES memories (id) ON DELETE CASCADE, target integer)",
        "ALTER TABLE relations ADD CONSTRAINT target_exists FOREIGN KEY (target) REFERENCES"
            + " memories (id) NOT VALID",
        "CREATE TABLE memory_chunks (id serial PRIMARY KEY, memory_id integer NOT NULL REFERENCES"
            + " memories (id), chunk_index integer NOT NULL, chunk_data text NOT NULL,"
            + " compression_type varchar(20), chunk_metadata json)",
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " NEW.created_at := now(); RETURN NEW; END $$",
        "CREATE TRIGGER touched BEFORE UPDATE OF title ON memories FOR EACH ROW"
            + " EXECUTE FUNCTION touch()",
        "CREATE TRIGGER quiet BEFORE DELETE ON memories FOR EACH ROW EXECUTE FUNCTION touch()",
        "ALTER TABLE memories DISABLE TRIGGER quiet",
        "COMMENT ON TRIGGER quiet ON memories IS 'switched off'",
        "CREATE VIEW titles WITH (security_barrier) AS SELECT memories.id, title, users.name FROM"
            + " memories JOIN users ON users.id = memories.\"Owner Id\"",
        "CREATE VIEW title_count AS SELECT count(*) AS n FROM titles",
        "GRANT SELECT ON titles TO app_reader");
    fill(database);
    database.execute(
        "ALTER TABLE memories ADD CONSTRAINT small_amounts CHECK (amount < 300) NOT VALID",
        "ANALYZE");
  }

  private static void fill(Database database) throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO memories (title, content, \"Owner Id\", memory_metadata, embedding,"
                    + " amount, mood, labels, content_compressed, content_size)"
                    + " VALUES (?, ?, ?, ?::jsonb, ?, ?::numeric, ?::mood, ?::text[], ?, ?)")) {
      for (int n = 1; n <= MEMORIES; n++) {
        String text = text(n);
        boolean packed = n % 5 == 0 && n % 10 != 0;
        boolean chunked = n % 50 == 0;
        boolean broken = n % 97 == 0;
        String stored = chunked ? "" : packed || broken ? deflated(text) : text;
        insert.setString(1, "title " + n);
        insert.setString(2, broken ? stored.substring(0, 24) : stored);
        insert.setInt(3, n % 5 + 1);
        insert.setString(4, n % 3 == 0 ? null : "{\"n\": " + n + ", \"tags\": [\"a\", \"é\"]}");
        insert.setBytes(5, n % 4 == 0 ? new byte[] {0, (byte) n, -1} : null);
        insert.setString(6, n % 7 == 0 ? null : n + ".50");
        insert.setString(7, n % 2 == 0 ? "calm" : "keen");
        insert.setString(8, n % 6 == 0 ? null : "{x,NULL,\"y z\"}");
        insert.setObject(
            9, n % 11 == 0 ? null : packed || chunked || broken, java.sql.Types.BOOLEAN);
        insert.setInt(10, text.codePointCount(0, text.length()));
        insert.addBatch();
      }
      insert.executeBatch();
    }
    database.execute(
        // Flags that were lost above on packed rows are put back: NULL means plain.
        "UPDATE memories SET content_compressed = true WHERE content_compressed IS NULL"
            + " AND (content LIKE 'eJ%' OR content = '')",
        "UPDATE memories SET parent_id = id - 1 WHERE id % 20 = 0",
        "INSERT INTO relations (source, target) SELECT id, 401 - id FROM memories",
        "INSERT INTO memory_chunks (memory_id, chunk_index, chunk_data, compression_type)"
            + " SELECT id, i, 'part ' || i || ' of \"' || id || '\" ü ', 'none'"
            + " FROM memories, generate_series(0, 2) i WHERE content = ''");
  }

  static String text(int n) {
    return "Memory number "
        + n
        + " is about \u00e4pples, \ud83c\udf4e and "
        + "more ".repeat(n % 60);
  }

  static String deflated(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(out.toByteArray());
  }
}
