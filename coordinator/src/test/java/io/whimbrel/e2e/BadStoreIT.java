// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Stores that cannot be migrated: exit code 2, one line that says why, and not a byte touched, by
 * `migrate` and by its dry run alike.
 */
class BadStoreIT {

  private final Path folder;

  BadStoreIT(@TempDir Path folder) {
    this.folder = folder;
  }

  /** Files that are no store, or none that can be migrated. */
  enum BadFile {
    MISSING("there is no file") {
      @Override
      void make(SqliteTestStore store) {}
    },
    A_DIRECTORY("is not a file") {
      @Override
      void make(SqliteTestStore store) throws IOException {
        Files.createDirectory(store.file());
      }
    },
    NOT_SQLITE("is not a SQLite database") {
      @Override
      void make(SqliteTestStore store) throws IOException {
        Files.writeString(store.file(), "id,content\n1,a memory\n".repeat(500));
      }
    },
    EMPTY_FILE("no table `memories`") {
      @Override
      void make(SqliteTestStore store) throws IOException {
        Files.createFile(store.file());
      }
    },
    CUT_TO_HALF("cut short") {
      @Override
      void make(SqliteTestStore store) throws Exception {
        cut(store, 2);
      }
    },
    CUT_IN_THE_HEADER("SQLite database") {
      @Override
      void make(SqliteTestStore store) throws Exception {
        cut(store, 10_000);
      }
    },
    DAMAGED_INSIDE("damaged") {
      @Override
      void make(SqliteTestStore store) throws Exception {
        fill(store, 500);
        try (RandomAccessFile file = new RandomAccessFile(store.file().toFile(), "rw")) {
          file.seek(100);
          file.write(new byte[4_000]);
        }
      }
    },
    DAMAGED_DEEP_INSIDE("damaged") {
      @Override
      void make(SqliteTestStore store) throws Exception {
        fill(store, 500);
        try (RandomAccessFile file = new RandomAccessFile(store.file().toFile(), "rw")) {
          file.seek(20 * 4_096);
          file.write(new byte[8_192]);
        }
      }
    },
    NO_MEMORIES("no table `memories`") {
      @Override
      void make(SqliteTestStore store) throws Exception {
        store.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, content TEXT)");
      }
    },
    NO_CONTENT("no column `content`") {
      @Override
      void make(SqliteTestStore store) throws Exception {
        store.execute("CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT)");
      }
    },
    NO_KEY("no usable unique key") {
      @Override
      void make(SqliteTestStore store) throws Exception {
        store.execute("CREATE TABLE memories (id INTEGER, content TEXT)");
      }
    },
    KEY_OF_TWO_COLUMNS("no usable unique key") {
      @Override
      void make(SqliteTestStore store) throws Exception {
        store.execute("CREATE TABLE memories (a INT, b INT, content TEXT, PRIMARY KEY (a, b))");
      }
    },
    SEGMENTS_WITHOUT_LEDGER("memory_segments") {
      @Override
      void make(SqliteTestStore store) throws Exception {
        fill(store, 20);
        store.execute("CREATE TABLE memory_segments (segment_id INTEGER PRIMARY KEY, body BLOB)");
      }
    },
    POINTERS_WITHOUT_SEGMENTS("content_segment") {
      @Override
      void make(SqliteTestStore store) throws Exception {
        fill(store, 20);
        for (String column : List.of("segment", "offset", "length", "crc32c")) {
          store.execute("ALTER TABLE memories ADD COLUMN content_" + column + " INTEGER");
        }
      }
    },
    READ_ONLY("read-only") {
      @Override
      void make(SqliteTestStore store) throws Exception {
        fill(store, 20);
        Files.setPosixFilePermissions(store.file(), PosixFilePermissions.fromString("r--r--r--"));
      }
    };

    private final String says;

    BadFile(String says) {
      this.says = says;
    }

    abstract void make(SqliteTestStore store) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void file_isRefusedAndUntouched(BadFile bad) throws Exception {
    SqliteTestStore store = SqliteTestStore.in(folder);
    bad.make(store);
    Map<String, String> before = Files.isDirectory(store.file()) ? Map.of() : store.files();

    assertRefused(migrate(store.url()), bad.says);
    if (bad != BadFile.READ_ONLY) {
      assertRefused(migrate(store.url(), "--dry-run"), bad.says);
    }

    if (!Files.isDirectory(store.file())) {
      assertThat(store.files()).isEqualTo(before);
    }
    assertThat(folder.resolve("reports")).doesNotExist();
    assertThat(folder.resolve("backups")).doesNotExist();
  }

  private static void fill(TestStore store, int memories) throws Exception {
    store.execute(
        "CREATE TABLE memories (id INTEGER PRIMARY KEY, content TEXT NOT NULL, owner_id INTEGER)");
    try (Connection connection = store.connect();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO memories VALUES (?, ?, 1)")) {
      connection.setAutoCommit(false);
      for (int id = 1; id <= memories; id++) {
        insert.setInt(1, id);
        insert.setString(2, "a memory. ".repeat(100));
        insert.executeUpdate();
      }
      connection.commit();
    }
  }

  private static void cut(SqliteTestStore store, int divisor) throws Exception {
    fill(store, 100);
    byte[] bytes = Files.readAllBytes(store.file());
    Files.write(store.file(), Arrays.copyOf(bytes, bytes.length / divisor));
  }

  /** Databases on PostgreSQL that cannot be migrated. */
  enum BadDatabase {
    NO_MEMORIES("no table", "CREATE TABLE notes (id integer PRIMARY KEY, content text)"),
    NO_CONTENT("content", "CREATE TABLE memories (id integer PRIMARY KEY, text text)"),
    NO_KEY("key", "CREATE TABLE memories (id integer, content text)"),
    A_VIEW("a view", "CREATE VIEW memories AS SELECT 1 AS id, ''::text AS content"),
    SEGMENTS_WITHOUT_LEDGER(
        "memory_segments",
        "CREATE TABLE memories (id integer PRIMARY KEY, content text);"
            + " CREATE TABLE memory_segments (segment_id bigint PRIMARY KEY, body bytea)"),
    POINTERS_WITHOUT_SEGMENTS(
        "content_segment",
        "CREATE TABLE memories (id integer PRIMARY KEY, content text, content_segment bigint,"
            + " content_offset integer, content_length integer, content_crc32c integer)"),
    ROW_SECURITY(
        "row security",
        "CREATE TABLE memories (id integer PRIMARY KEY, content text);"
            + " ALTER TABLE memories ENABLE ROW LEVEL SECURITY");

    private final String says;
    private final String sql;

    BadDatabase(String says, String sql) {
      this.says = says;
      this.sql = sql;
    }
  }

  @ParameterizedTest
  @EnumSource
  void database_isRefusedAndUntouched(BadDatabase bad) throws Exception {
    TestStore store = Backend.POSTGRES_NEWEST.newStore(folder);
    store.execute(bad.sql);
    Map<String, List<String>> tables = store.tables();
    List<String> definitions = store.definitions();
    List<String> leftovers = store.leftovers();

    assertRefused(migrate(store.url()), bad.says);
    assertRefused(migrate(store.url(), "--dry-run"), bad.says);

    Same.assertSameTables(store.tables(), tables);
    Same.assertSameLines("definitions", store.definitions(), definitions);
    assertThat(store.leftovers()).isEqualTo(leftovers);
  }

  @Test
  void server_isNamed_whenNoneAnswers() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    assertRefused(migrate("postgresql://me:hidden@localhost:" + port + "/db"), "no PostgreSQL");
  }

  @Test
  void login_isRefusedWithoutItsPassword_whenThePasswordIsWrong() throws Exception {
    PostgresTestStore store = (PostgresTestStore) Backend.POSTGRES_NEWEST.newStore(folder);
    fill(store, 20);
    store.execute("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD 'right'");
    Path rules = Path.of(store.texts("SHOW hba_file").get(0));
    Assumptions.assumeTrue(Files.isWritable(rules), "the server's login rules cannot be changed");
    Files.writeString(rules, "host all guarded all scram-sha-256\n" + Files.readString(rules));
    store.execute("SELECT pg_reload_conf()");
    String rest = "@localhost:" + store.database().url().port() + "/" + store.database().name();
    try {
      Cli.Result refused = migrate("postgresql://guarded:hidden" + rest);
      assertRefused(refused, "refused the login");
      assertThat(refused.err()).doesNotContain("hidden").contains("guarded@");
      assertThat(store.leftovers()).isEmpty();

      assertThat(migrate("postgresql://guarded:right" + rest).exit()).isZero();
    } finally {
      store.execute("REASSIGN OWNED BY guarded TO postgres");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mysql://me@localhost/db, unknown store address",
    "memory.db, unknown store address",
    "sqlite:///, names no SQLite file",
    "sqlite:///:memory:, names no SQLite file",
    "postgresql://localhost, incomplete",
    "postgresql://me:hid den@localhost/db, cannot be read",
  })
  void address_isRefused_whenItNamesNoStore(String url, String says) {
    Cli.Result refused = migrate(url);
    assertRefused(refused, says);
    assertThat(refused.err()).doesNotContain("hid den");
  }

  @ParameterizedTest
  @CsvSource({
    "--nonsense, , nonsense",
    "--batch-size, 0, --batch-size",
    "--batch-size, -5, --batch-size",
    "--batch-size, many, --batch-size",
    "--batch-size, , --batch-size",
    "--level, 0, --level",
    "--level, 20, --level",
    "--workers, -1, --workers",
    "--workers, 0, --bind",
    "--max-failure-rate, 1.5, --max-failure-rate",
    "--max-failure-rate, NaN, --max-failure-rate",
    "--backup, tape, --backup",
    "--backup, restore-point, PostgreSQL",
    "--bind, 127.0.0.1:5701, SQLite",
  })
  void option_isRefusedAndNothingTouched_whenItMeansNothing(
      String option, String value, String says) throws Exception {
    SqliteTestStore store = SqliteTestStore.in(folder);
    fill(store, 20);
    Map<String, String> before = store.files();

    assertRefused(
        value == null ? migrate(store.url(), option) : migrate(store.url(), option, value), says);

    assertThat(store.files()).isEqualTo(before);
  }

  @Test
  void command_isRefused_whenThereIsNoSuch() {
    assertRefused(Cli.run("emigrate"), "emigrate");
    assertRefused(Cli.run(), "command");
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void migrate_isRefused_whenAnotherIsRunning(Backend backend) throws Exception {
    RunningMigration.refusesASecond(DemoScene.make(backend, folder, 300));
  }

  private Cli.Result migrate(String url, String... more) {
    List<String> arguments = new ArrayList<>(List.of("migrate", "--db-url", url));
    arguments.addAll(List.of("--report-dir", folder.resolve("reports").toString()));
    arguments.addAll(List.of("--backup-dir", folder.resolve("backups").toString()));
    if (!List.of(more).contains("--backup")) {
      arguments.addAll(List.of("--backup", "none"));
    }
    arguments.addAll(List.of(more));
    return Cli.run(arguments);
  }

  private static void assertRefused(Cli.Result refused, String says) {
    assertThat(refused.exit()).as(refused.err() + refused.out()).isEqualTo(2);
    assertThat(refused.errorLines()).as(refused.err()).hasSize(1);
    assertThat(refused.err()).startsWith("whimbrel: ").contains(says);
    assertThat(refused.err().getBytes(StandardCharsets.UTF_8).length).isLessThan(500);
    assertThat(refused.out()).isEmpty();
  }
}
