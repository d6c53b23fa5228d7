// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The server that all sides are measured on: a given one, or one of this machine's binaries. */
final class Postgres implements AutoCloseable {
  private static final List<String> SETTINGS =
      List.of(
          "shared_buffers=512MB",
          "max_wal_size=8GB",
          "fsync=on",
          "synchronous_commit=on",
          "full_page_writes=on");
  private static final String PREFIX = "whimbrel_bench_";

  private final String host;
  private final int port;
  private final String user;
  private final String maintenance;
  private final String password;
  private final Process server;

  private Postgres(
      String host, int port, String user, String maintenance, String password, Process server) {
    this.host = host;
    this.port = port;
    this.user = user;
    this.maintenance = maintenance;
    this.password = password;
    this.server = server;
  }

  static Postgres open(Settings settings) throws Exception {
    if (settings.postgresUrl() == null) {
      return start(settings.work());
    }
    URI url = URI.create(settings.postgresUrl());
    return new Postgres(
        url.getHost(),
        url.getPort() < 0 ? 5432 : url.getPort(),
        url.getUserInfo(),
        url.getPath().substring(1),
        System.getenv().getOrDefault("PGPASSWORD", ""),
        null);
  }

  private static Postgres start(Path work) throws Exception {
    Path bin = binaries();
    Path directory = Files.createDirectory(work.resolve("postgres"));
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    Path secret = directory.resolve("password");
    Files.writeString(secret, password + "\n");
    List<String> owner = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      // The server refuses to run as root.
      run(work, List.of("chown", "-R", "postgres", directory.toString()));
      owner.addAll(
          List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"));
    }
    String data = directory.resolve("data").toString();
    List<String> init = new ArrayList<>(owner);
    init.addAll(
        List.of(
            bin.resolve("initdb").toString(),
            "-D",
            data,
            "-U",
            "bench",
            "-A",
            "scram-sha-256",
            "--pwfile",
            secret.toString(),
            "-E",
            "UTF8",
            "--locale=C"));
    run(work, init);
    Files.delete(secret);
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<String> serve = new ArrayList<>(owner);
    serve.addAll(
        List.of(
            bin.resolve("postgres").toString(),
            "-D",
            data,
            "-p",
            Integer.toString(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories="));
    for (String setting : SETTINGS) {
      serve.addAll(List.of("-c", setting));
    }
    Process server = Command.start(work.resolve("postgres.log"), Map.of(), serve);
    Postgres postgres = new Postgres("127.0.0.1", port, "bench", "postgres", password, server);
    Runtime.getRuntime().addShutdownHook(new Thread(postgres::stop));
    postgres.awaitStart(work);
    return postgres;
  }

  private static void run(Path work, List<String> command) throws Exception {
    Command.run(work.resolve("initdb.log"), Map.of(), command);
  }

  private static Path binaries() throws IOException {
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      TreeSet<Path> found = new TreeSet<>();
      versions.map(version -> version.resolve("bin")).forEach(found::add);
      found.removeIf(bin -> !Files.isExecutable(bin.resolve("initdb")));
      if (!found.isEmpty()) {
        return found.last();
      }
    } catch (IOException e) {
      throw new IOException("no PostgreSQL server binaries here; give --postgres-url", e);
    }
    throw new IOException("no PostgreSQL server binaries here; give --postgres-url");
  }

  private void awaitStart(Path work) throws Exception {
    for (int tries = 0; tries < 300; tries++) {
      try (Connection connection = connect(maintenance)) {
        return;
      } catch (SQLException e) {
        if (server.waitFor(100, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
    }
    throw new IOException(
        "the PostgreSQL server did not start:\n" + Files.readString(work.resolve("postgres.log")));
  }

  /** Version and the settings that decide what durability costs. */
  String describe() throws SQLException {
    return "PostgreSQL "
        + text(maintenance, "SHOW server_version")
        + ", one server for all sides: "
        + text(
            maintenance,
            "SELECT string_agg(name || '=' || current_setting(name), ', ' ORDER BY name) FROM"
                + " pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes',"
                + " 'shared_buffers', 'max_wal_size', 'wal_level', 'autovacuum')");
  }

  Connection connect(String database) throws SQLException {
    return connect(database, port);
  }

  Connection connect(String database, int atPort) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return DriverManager.getConnection(
        "jdbc:postgresql://" + host + ":" + atPort + "/" + database, properties);
  }

  String url(String database) {
    return url(database, port);
  }

  /** The address of a database as our program takes it, by way of another port. */
  String url(String database, int atPort) {
    return "postgresql://" + user + "@" + host + ":" + atPort + "/" + database;
  }

  String jdbcUrl(String database) {
    return "jdbc:postgresql://" + host + ":" + port + "/" + database + "?user=" + user;
  }

  int port() {
    return port;
  }

  /** What a process needs to be let in. */
  Map<String, String> environment() {
    return Map.of("PGPASSWORD", password);
  }

  List<String> psql(String database, String statement) {
    return List.of(
        "psql", "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-d", url(database), "-c", statement);
  }

  void execute(String database, String... statements) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  String text(String database, String query) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  long number(String database, String query) throws SQLException {
    return Long.parseLong(text(database, query));
  }

  /** The full name of an own database, made empty. */
  String create(String name) throws SQLException {
    drop(PREFIX + name);
    execute(maintenance, "CREATE DATABASE " + PREFIX + name);
    return PREFIX + name;
  }

  /** A copy of a database, read once so that it is as warm as after use, and written to disk. */
  String copyOf(String base, String name) throws SQLException {
    String copy = PREFIX + name;
    drop(copy);
    // The strategy without WAL: the copy of the files must not fill the log of what is measured.
    boolean choice = number(maintenance, "SHOW server_version_num") >= 150_000;
    execute(
        maintenance,
        "CREATE DATABASE " + copy + " TEMPLATE " + base + (choice ? " STRATEGY file_copy" : ""));
    execute(copy, "SELECT sum(length(content)) FROM memories", "CHECKPOINT");
    return copy;
  }

  void drop(String database) throws SQLException {
    execute(maintenance, "DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
  }

  /** Nothing stays behind on a server that was given. */
  @Override
  public void close() throws SQLException {
    if (server == null) {
      String names =
          text(
              maintenance,
              "SELECT coalesce(string_agg(datname, ','), '') FROM pg_database WHERE"
                  + " starts_with(datname, '"
                  + PREFIX
                  + "')");
      for (String name : names.split(",", 0)) {
        if (!name.isEmpty()) {
          drop(name);
        }
      }
    }
    stop();
  }

  private void stop() {
    if (server == null || !server.isAlive()) {
      return;
    }
    try {
      // A fast shutdown of the one server that was started here.
      new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
      server.waitFor(60, TimeUnit.SECONDS);
    } catch (IOException e) {
      server.destroy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
