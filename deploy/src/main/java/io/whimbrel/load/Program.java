// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Java program of this class path as a process of its own; its output goes to a file. */
final class Program implements AutoCloseable {

  private static final String WHIMBREL = "io.whimbrel.cli.Main";

  private final Process process;
  private final Path output;

  private Program(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts {@code whimbrel} with the launcher's bounds. */
  static Program whimbrel(Path folder, Map<String, String> environment, List<String> arguments)
      throws IOException {
    Path output = Files.createTempFile(folder, "whimbrel-" + arguments.get(0) + "-", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command(List.of("-Xmx416m", "-Xss512k"), WHIMBREL, arguments))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return new Program(builder.start(), output);
  }

  /** A command line for a main class of this class path. */
  static List<String> command(List<String> options, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xms32m"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
    return command;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  boolean endsWithin(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits for the end; the exit code. */
  int exit(Duration limit) throws InterruptedException {
    if (!endsWithin(limit)) {
      throw new IllegalStateException("still running after " + limit + ": " + output());
    }
    return process.exitValue();
  }

  /** SIGKILL, and waits until it has worked. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(10, TimeUnit.SECONDS);
  }

  String output() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "its output cannot be read: " + e.getMessage();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
