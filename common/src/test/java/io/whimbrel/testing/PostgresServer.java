// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.testing;

import io.whimbrel.store.StoreUrl.PostgresUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server on the loopback address, for the tests of one class. Each test takes a fresh
 * database. The system property {@code whimbrel.postgres} ({@code newest} or {@code oldest})
 * chooses for tests that do not ask for a version themselves.
 */
public final class PostgresServer implements AutoCloseable {

  /** Which supported server. */
  public enum Version {
    NEWEST,
    OLDEST
  }

  private static final Path OLDEST_ARCHIVE = Path.of("target", "servers", "postgres-oldest.jar");
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private EmbeddedPostgres server;
  private final @Nullable Path data;

  private PostgresServer(EmbeddedPostgres server, @Nullable Path data) {
    this.server = server;
    this.data = data;
  }

  /** The oldest server, which keeps its data and port, so that it can crash and start again. */
  public static PostgresServer startIn(Path data) {
    return new PostgresServer(run(data, 0), data);
  }

  private static EmbeddedPostgres run(Path data, int port) {
    try {
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setPgBinaryResolver((system, machine) -> oldestBinaries())
              .setDataDirectory(data)
              .setCleanDataDirectory(false);
      if (port > 0) {
        builder.setPort(port);
      }
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the server as {@code pg_ctl stop -m immediate} does: no client is told, nothing saved. */
  public void crash() throws IOException, InterruptedException {
    ProcessHandle postmaster = postmaster();
    signal("QUIT", postmaster);
    postmaster.onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }

  public void startAgain() {
    if (data == null) {
      throw new IllegalStateException("only a server with its own directory can start again");
    }
    int port = server.getPort();
    try {
      // It complains that there is nothing to stop, and lets go of the directory.
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = run(data, port);
  }

  /** Freezes every process of the server; clients wait and are told nothing. */
  public void freeze() throws IOException, InterruptedException {
    // First the one that could start more of them.
    signal("STOP", postmaster());
    for (ProcessHandle child : postmaster().children().toList()) {
      signal("STOP", child);
    }
  }

  public void thaw() throws IOException, InterruptedException {
    for (ProcessHandle child : postmaster().children().toList()) {
      signal("CONT", child);
    }
    signal("CONT", postmaster());
  }

  private ProcessHandle postmaster() throws IOException {
    if (data == null) {
      throw new IllegalStateException("only a server with its own directory can be signalled");
    }
    long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
    return ProcessHandle.of(pid).orElseThrow();
  }

  private static void signal(String name, ProcessHandle process)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  public static PostgresServer start() {
    String version = System.getProperty("whimbrel.postgres", "newest");
    return start(version.equals("oldest") ? Version.OLDEST : Version.NEWEST);
  }

  public static PostgresServer start(Version version) {
    EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
    if (version == Version.OLDEST) {
      builder.setPgBinaryResolver((system, machine) -> oldestBinaries());
    }
    try {
      return new PostgresServer(builder.start(), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream oldestBinaries() throws IOException {
    Path archive = findUpwards(OLDEST_ARCHIVE);
    try (JarFile jar = new JarFile(archive.toFile())) {
      JarEntry entry =
          jar.stream()
              .filter(candidate -> candidate.getName().endsWith(".txz"))
              .findFirst()
              .orElseThrow();
      return new java.io.ByteArrayInputStream(jar.getInputStream(entry).readAllBytes());
    }
  }

  // Tests of other modules run in their own directory.
  private static Path findUpwards(Path relative) {
    Path here = Path.of("").toAbsolutePath();
    for (Path at = here; at != null; at = at.getParent()) {
      for (Path candidate :
          new Path[] {at.resolve(relative), at.resolve("common").resolve(relative)}) {
        if (Files.isRegularFile(candidate)) {
          return candidate;
        }
      }
    }
    throw new IllegalStateException("no " + relative + ": run the build up to its tests first");
  }

  /** A new, empty database, owned by the superuser {@code postgres}. */
  public Database createDatabase() throws SQLException {
    return createDatabase("");
  }

  /** The same with options of CREATE DATABASE, such as an encoding. */
  public Database createDatabase(String options) throws SQLException {
    String name = "test_" + DATABASES.incrementAndGet();
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + " " + options);
    }
    return new Database(name);
  }

  /** A new database that holds all that the other one does; nobody may be connected to that. */
  public Database copyOf(Database template) throws SQLException {
    String name = "test_" + DATABASES.incrementAndGet();
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template.name());
    }
    return new Database(name);
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(server.getJdbcUrl("postgres", database));
  }

  /** One database of this server. */
  public final class Database {
    private final String name;

    private Database(String name) {
      this.name = name;
    }

    public String name() {
      return name;
    }

    public PostgresUrl url() {
      return url("postgres");
    }

    /** The address for another role; the test server trusts every local login. */
    public PostgresUrl url(String role) {
      return new PostgresUrl("localhost", server.getPort(), name, role, null, Map.of());
    }

    public Connection connect() throws SQLException {
      return PostgresServer.this.connect(name);
    }

    public void execute(String... statements) throws SQLException {
      try (Connection connection = connect();
          Statement statement = connection.createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      }
    }

    /** The first column of the first row, as text. */
    public String value(String query) throws SQLException {
      try (Connection connection = connect();
          Statement statement = connection.createStatement();
          java.sql.ResultSet row = statement.executeQuery(query)) {
        if (!row.next()) {
          throw new IllegalStateException("no row: " + query);
        }
        return String.valueOf(row.getString(1));
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
