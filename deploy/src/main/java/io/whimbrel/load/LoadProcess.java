// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The load as a client process; see {@link GenerateCommand}. */
final class LoadProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter words;

  private LoadProcess(Process process) {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.words = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** Starts it, and returns when the first writes are under way. */
  static LoadProcess start(TrialSettings settings, int rate) throws IOException {
    return start(settings, rate, Map.of());
  }

  /** As the other, with more in its environment than this process has. */
  static LoadProcess start(TrialSettings settings, int rate, Map<String, String> environment)
      throws IOException {
    List<String> arguments =
        List.of(
            "generate",
            "--db-url",
            settings.dbUrl(),
            "--dir",
            settings.folder().toString(),
            "--seed",
            Long.toString(settings.seed()),
            "--writers",
            Integer.toString(settings.writers()),
            "--rate",
            Integer.toString(rate));
    Path errors = settings.folder().resolve("load.err");
    ProcessBuilder builder =
        new ProcessBuilder(
                Program.command(List.of("-Xmx512m"), LoadCommand.class.getName(), arguments))
            .redirectError(errors.toFile());
    builder.environment().putAll(environment);
    LoadProcess load = new LoadProcess(builder.start());
    load.await("ready");
    return load;
  }

  /** No operation is under way when this returns. */
  void pause() throws IOException {
    say("pause");
    await("paused");
  }

  void goOn() throws IOException {
    say("go");
  }

  /** Ends it in order; its summary. */
  String stop() throws IOException, InterruptedException {
    words.close();
    String summary = answer();
    while (!summary.startsWith("{")) {
      summary = answer();
    }
    if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException("the load did not end well: " + process);
    }
    return summary;
  }

  private void say(String word) throws IOException {
    words.write(word);
    words.newLine();
    words.flush();
  }

  /** Other lines are not ours: libraries talk too. */
  private void await(String word) throws IOException {
    String answer = answer();
    while (!answer.equals(word)) {
      answer = answer();
    }
  }

  private String answer() throws IOException {
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the load has ended; see load.err");
    }
    return answer;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
