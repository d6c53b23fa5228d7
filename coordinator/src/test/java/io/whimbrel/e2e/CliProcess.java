// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import io.whimbrel.cli.Main;
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

/** The command line as a process of its own. Closing it ends it, whatever it is doing. */
final class CliProcess implements AutoCloseable {

  private final Process process;
  private final Path out;
  private final Path err;

  private CliProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static CliProcess start(Path folder, List<String> arguments) throws IOException {
    return start(folder, arguments.toArray(String[]::new));
  }

  /** Starts `whimbrel` with these arguments; its output goes to files in the folder. */
  static CliProcess start(Path folder, String... arguments) throws IOException {
    return start(folder, List.of(), List.of(arguments));
  }

  static CliProcess start(Path folder, List<String> javaOptions, List<String> arguments)
      throws IOException {
    return start(folder, javaOptions, Map.of(), arguments);
  }

  /** The same, with more in its environment. */
  static CliProcess start(Path folder, Map<String, String> environment, List<String> arguments)
      throws IOException {
    return start(folder, List.of(), environment, arguments);
  }

  static CliProcess start(
      Path folder,
      List<String> javaOptions,
      Map<String, String> environment,
      List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Several of them share a small machine: start fast, stay small.
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    // As people run it: the tests' own way of logging is for this process.
    command.add("-Dlogback.configurationFile=logback.xml");
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.addAll(javaOptions);
    command.add(Main.class.getName());
    command.addAll(arguments);
    Path out = Files.createTempFile(folder, "process-", ".out");
    Path err = Files.createTempFile(folder, "process-", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    return new CliProcess(builder.start(), out, err);
  }

  /** Runs `whimbrel` to its end. */
  static CliProcess run(Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    CliProcess started = start(folder, arguments);
    started.exitWithin(Duration.ofMinutes(1));
    return started;
  }

  /** Waits for the end; the exit code. */
  int exitWithin(Duration limit) throws InterruptedException {
    if (!endsWithin(limit)) {
      throw new AssertionError("still running after " + limit + "; it said:\n" + err());
    }
    return process.exitValue();
  }

  /** Waits for the end at most so long. */
  boolean endsWithin(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether it is frozen by a signal. */
  boolean isStopped() {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      // After the name in parentheses, which may hold anything.
      return stat.startsWith(" T", stat.lastIndexOf(')') + 1);
    } catch (IOException ended) {
      return false;
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGTERM. */
  void stop() {
    process.destroy();
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  /** Sends a signal by its name, such as STOP and CONT. */
  void signal(String name) throws IOException, InterruptedException {
    int sent =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (sent != 0) {
      throw new IOException("no such process: " + process.pid());
    }
  }

  byte[] outBytes() {
    return bytes(out);
  }

  String out() {
    return new String(bytes(out), StandardCharsets.UTF_8);
  }

  String err() {
    return new String(bytes(err), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    boolean interrupted = false;
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
