// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A server of this machine's binaries, in a directory of its own, with fsync on. */
final class OwnServer implements DatabaseServer {

  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Path binaries;
  private final Path folder;
  private final int port;
  private final String password;
  private Process process;

  private OwnServer(Path binaries, Path folder, int port, String password) throws IOException {
    this.binaries = binaries;
    this.folder = folder;
    this.port = port;
    this.password = password;
    this.process = launch();
  }

  /**
   * Makes a server and starts it.
   *
   * @param binaries where {@code initdb} and {@code postgres} are
   * @param folder a new directory
   */
  static OwnServer start(Path binaries, Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    String password = new BigInteger(128, new SecureRandom()).toString(36);
    Path file = folder.resolve("password");
    Files.writeString(file, password + "\n");
    if (isRoot()) {
      // The server refuses to run as root; its owner must be able to reach its directory.
      run(List.of("chown", "-R", "postgres", folder.toString()), folder.resolve("chown.log"));
    }
    List<String> initdb = asOwner();
    initdb.addAll(List.of(binaries.resolve("initdb").toString(), "-D", data(folder).toString()));
    initdb.addAll(List.of("-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C"));
    initdb.addAll(List.of("--pwfile", file.toString()));
    run(initdb, folder.resolve("initdb.log"));
    Files.delete(file);
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    OwnServer server = new OwnServer(binaries, folder, port, password);
    server.awaitReady();
    return server;
  }

  private static Path data(Path folder) {
    return folder.resolve("data");
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static List<String> asOwner() {
    return isRoot()
        ? new ArrayList<>(
            List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"))
        : new ArrayList<>();
  }

  private static void run(List<String> command, Path log) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (process.waitFor() != 0) {
      throw new IOException(command.get(command.size() - 1) + " failed, see " + log);
    }
  }

  private Process launch() throws IOException {
    List<String> command = asOwner();
    command.addAll(
        List.of(
            binaries.resolve("postgres").toString(),
            "-D",
            data(folder).toString(),
            "-p",
            Integer.toString(port)));
    for (String setting :
        List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
            "log_line_prefix=%m [%p] %d ")) {
      command.addAll(List.of("-c", setting));
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile()))
        .start();
  }

  private void awaitReady() throws IOException {
    long deadline = System.nanoTime() + START_NANOS;
    while (true) {
      try (Connection connection = connect("postgres")) {
        if (connection.isValid(5)) {
          return;
        }
      } catch (SQLException e) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw new IOException("the server did not start, see " + folder, e);
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String user() {
    return "postgres";
  }

  @Override
  public String password() {
    return password;
  }

  @Override
  public boolean canCrash() {
    return true;
  }

  @Override
  public void crash() throws IOException {
    // An immediate shutdown: what was not written to the log is lost, and the log is replayed.
    end("QUIT");
    process = launch();
    awaitReady();
  }

  @Override
  public void close() throws IOException {
    end("INT");
  }

  private void end(String signal) throws IOException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().onExit().join();
    process.onExit().completeOnTimeout(process, 30, TimeUnit.SECONDS).join();
    process.destroyForcibly().onExit().join();
  }
}
