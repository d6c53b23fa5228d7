// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One process of the product. */
final class Jvm implements AutoCloseable {

  /** How processes are started: which jar, and what every one of them is told. */
  record Launch(Path jar, Path archives, Map<String, String> environment) {

    // Classes as they were loaded once come from an archive: processes start in half the time.
    private String archiving(String role) {
      Path archive = archives.resolve(role + ".jsa");
      return (Files.exists(archive) ? "-XX:SharedArchiveFile=" : "-XX:ArchiveClassesAtExit=")
          + archive;
    }
  }

  private final String name;
  private final Process process;
  private final Path err;
  private final Path out;
  private boolean stopped;

  private Jvm(String name, Process process, Path out, Path err) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts a command.
   *
   * @param role whose archive of classes it shares, or makes when it is the first
   * @param folder where its output goes, under its name
   * @param properties further options of the virtual machine
   */
  static Jvm start(
      Launch launch,
      String role,
      Path folder,
      String name,
      Map<String, String> environment,
      List<String> properties,
      List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Several of them share a small machine: start fast, stay small.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    command.add("-Xmx192m");
    command.add("-Xlog:disable");
    command.add(launch.archiving(role));
    command.addAll(properties);
    command.addAll(List.of("-jar", launch.jar().toString()));
    command.addAll(arguments);
    Path out = folder.resolve(name + ".out");
    Path err = folder.resolve(name + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(launch.environment());
    builder.environment().putAll(environment);
    return new Jvm(name, builder.start(), out, err);
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  boolean isStopped() {
    return stopped && process.isAlive();
  }

  int exitCode() {
    return process.exitValue();
  }

  boolean endsWithin(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  void kill() {
    process.destroyForcibly();
  }

  /** The process has stopped itself. */
  void isStoppedNow() {
    stopped = true;
  }

  /** SIGSTOP. */
  void stop() throws IOException, InterruptedException {
    stopped = true;
    signal("STOP");
  }

  void goOn() throws IOException, InterruptedException {
    stopped = false;
    signal("CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    if (process.isAlive()) {
      new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start().waitFor();
    }
  }

  String err() {
    return text(err);
  }

  String out() {
    return text(out);
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
