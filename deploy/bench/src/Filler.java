// SPDX-License-Identifier: Apache-2.0

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * Fills stores: the tables, the users and the contexts are those of the demonstration store, the
 * memories are our own, with gaps between their ids; every tenth has a relation.
 */
final class Filler {
  private static final String DEMO_MEMORIES = "100";
  private static final String COLUMNS =
      "id, title, content, access_level, owner_id, created_at, updated_at, version, is_active,"
          + " memory_metadata, content_compressed, content_size, access_count";
  private static final List<String> EMPTY =
      List.of(
          "DELETE FROM relations",
          "DELETE FROM memory_versions",
          "DELETE FROM memory_chunks",
          "DELETE FROM memories");
  private static final String RELATE =
      "INSERT INTO relations (name, source_memory_id, target_memory_id, owner_id) SELECT"
          + " 'follows', id, (SELECT min(id) FROM memories), owner_id FROM memories WHERE id % 10"
          + " = 0";

  private final Settings settings;
  private final Texts texts;

  Filler(Settings settings, Texts texts) {
    this.settings = settings;
    this.texts = texts;
  }

  /** Makes a database with so many memories, ready to be copied. */
  String postgres(Postgres postgres, String name, Mix mix, int memories) throws Exception {
    Progress.say("PostgreSQL: filling a store with " + memories + " memories");
    String database = postgres.create(name);
    demo(postgres.url(database), postgres.environment());
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : EMPTY) {
        statement.execute(sql);
      }
      String copy = "COPY memories (" + COLUMNS + ") FROM STDIN";
      try (Writer out =
          new BufferedWriter(
              new OutputStreamWriter(
                  new PGCopyOutputStream(connection.unwrap(PGConnection.class), copy, 1 << 16),
                  StandardCharsets.UTF_8),
              1 << 16)) {
        rows(mix, memories, row -> write(out, row));
      }
      statement.execute(RELATE);
      statement.execute("SELECT setval('memories_id_seq', (SELECT max(id) FROM memories))");
      statement.execute("VACUUM (FREEZE, ANALYZE)");
      statement.execute("CHECKPOINT");
    }
    return database;
  }

  private static void write(Writer out, Object[] row) throws IOException {
    for (int i = 0; i < row.length; i++) {
      String value = row[i].toString();
      if (value.indexOf('\\') >= 0
          || value.indexOf('\n') >= 0
          || value.indexOf('\r') >= 0
          || value.indexOf('\t') >= 0) {
        value =
            value
                .replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
      }
      out.write(value);
      out.write(i == row.length - 1 ? '\n' : '\t');
    }
  }

  /** Makes a file with so many memories. */
  void sqlite(Path file, Mix mix, int memories) throws Exception {
    Progress.say("SQLite: filling a store with " + memories + " memories");
    demo("sqlite:///" + file, Map.of());
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String sql : EMPTY) {
        statement.execute(sql);
      }
      String insert = "INSERT INTO memories (" + COLUMNS + ") VALUES (" + "?, ".repeat(12) + "?)";
      try (PreparedStatement prepared = connection.prepareStatement(insert)) {
        rows(
            mix,
            memories,
            row -> {
              for (int i = 0; i < row.length; i++) {
                Object value = row[i];
                prepared.setObject(i + 1, value instanceof Boolean flag ? (flag ? 1 : 0) : value);
              }
              prepared.executeUpdate();
            });
      }
      statement.execute(RELATE);
      connection.commit();
    }
  }

  private void demo(String url, Map<String, String> environment) throws Exception {
    Command.run(
        settings.work().resolve("demo.log"),
        environment,
        List.of(
            settings.launcher("whimbrel"),
            "demo",
            "--db-url",
            url,
            "--memories",
            DEMO_MEMORIES,
            "--mix",
            "plain"));
  }

  private void rows(Mix mix, int memories, RowSink sink) throws Exception {
    RandomGenerator random = new SplittableRandom(1);
    int id = 0;
    for (int number = 0; number < memories; number++) {
      // Deleted memories leave gaps.
      id += random.nextDouble() < 0.03 ? random.nextInt(2, 9) : 1;
      String content = texts.make(random, mix.length(random));
      String time = time(number);
      sink.row(
          new Object[] {
            id,
            texts.make(random, random.nextInt(15, 60)),
            content,
            random.nextInt(4) == 0 ? "user" : "public",
            1,
            time,
            time,
            1,
            true,
            "{\"source\": \"conversation\", \"turn\": " + random.nextInt(600) + "}",
            false,
            content.length(),
            random.nextInt(20) == 0 ? random.nextInt(1, 40) : 0
          });
      if ((number + 1) % 500_000 == 0) {
        Progress.say("  " + (number + 1) + " memories");
      }
    }
  }

  // A memory every forty seconds, as mappers write it.
  private static String time(int number) {
    long seconds = number * 40L;
    return Series.text(
        "%tF %<tT.%06d",
        java.time.LocalDateTime.of(2024, 1, 1, 0, 0).plusSeconds(seconds), number % 1_000_000);
  }

  private interface RowSink {
    void row(Object[] row) throws Exception;
  }
}
