// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A process that is run alone and measured. */
final class Command {

  /**
   * How long it took from its start to its end, the most memory that it had resident, and what it
   * used of the processors, without its last moments.
   */
  record Run(long millis, double residentMegabytes, double processorSeconds, String output) {

    /** The {@code name=number} lines of its output. */
    Map<String, Long> values() {
      Map<String, Long> values = new TreeMap<>();
      for (String line : output.split("\n", -1)) {
        if (line.matches("[a-zA-Z]+=[0-9]+")) {
          int equals = line.indexOf('=');
          values.put(line.substring(0, equals), Long.parseLong(line.substring(equals + 1)));
        }
      }
      return values;
    }
  }

  private static final long LOOK_MILLIS = 50;

  private Command() {}

  /** Runs a command to its end; anything but exit code 0 ends the benchmark. */
  static Run run(Path log, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    // What was written before must not be flushed on this run's account.
    new ProcessBuilder("sync").start().waitFor();
    ProcessBuilder builder = builder(log, environment, command);
    long start = System.nanoTime();
    Process process = builder.start();
    try {
      long kilobytes = 0;
      Duration processor = Duration.ZERO;
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        kilobytes = Math.max(kilobytes, peak(process.pid()));
        processor = process.info().totalCpuDuration().orElse(processor);
      }
      long millis = (System.nanoTime() - start) / 1_000_000;
      check(process, log, command);
      return new Run(millis, kilobytes / 1000.0, processor.toMillis() / 1e3, Files.readString(log));
    } finally {
      process.destroy();
    }
  }

  /** Runs two commands, the first one's output being the second one's input. */
  static long pipe(Path log, Map<String, String> environment, List<String> from, List<String> to)
      throws IOException, InterruptedException {
    new ProcessBuilder("sync").start().waitFor();
    ProcessBuilder reader = new ProcessBuilder(from).redirectError(log.toFile());
    ProcessBuilder writer =
        new ProcessBuilder(to)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    reader.environment().putAll(environment);
    writer.environment().putAll(environment);
    long start = System.nanoTime();
    List<Process> processes = ProcessBuilder.startPipeline(List.of(reader, writer));
    for (Process process : processes) {
      process.waitFor();
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    check(processes.get(0), log, from);
    check(processes.get(1), log, to);
    return millis;
  }

  /** Starts a command without waiting for it. */
  static Process start(Path log, Map<String, String> environment, List<String> command)
      throws IOException {
    return builder(log, environment, command).start();
  }

  private static ProcessBuilder builder(
      Path log, Map<String, String> environment, List<String> command) throws IOException {
    Files.createDirectories(log.getParent());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return builder;
  }

  private static void check(Process process, Path log, List<String> command) throws IOException {
    if (process.exitValue() != 0) {
      throw new IOException(
          "a measured command failed with exit code "
              + process.exitValue()
              + ": "
              + command
              + "\n"
              + Files.readString(log));
    }
  }

  // A high-water mark, so the last look before the end is the peak but for the last moments.
  private static long peak(long pid) throws IOException {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      return 0;
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      // The process ended between opening and reading.
      return 0;
    }
  }
}
