// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The load as a process. Says {@code ready}; then takes the words {@code pause}, {@code go} and
 * {@code stop} on its standard input, whose end, like SIGTERM, is a {@code stop}. What was done is
 * printed at the end as JSON.
 */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = "Writes to a store at a steady rate until it is told to stop.")
final class GenerateCommand implements Callable<Integer> {

  @Mixin StoreOptions store = new StoreOptions();

  @Option(names = "--writers", description = "Threads, each with its own keys (default 4)")
  int writers = 4;

  @Option(names = "--rate", description = "Writes a second; 0: as many as are answered (default)")
  int rate;

  private final PrintStream out = Printing.out();
  private boolean finished;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    if (!Files.exists(store.originalsFile())) {
      Originals.of(store.target()).write(store.originalsFile());
    }
    Originals originals = Originals.read(store.originalsFile());
    try (LoadGenerator load =
        LoadGenerator.start(
            store.target(), store.values(), originals, store.folder, store.seed, writers, rate)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> finish(load), "finish"));
      out.println("ready");
      obey(load);
      finish(load);
      Throwable failure = load.failure();
      if (failure != null) {
        throw new IllegalStateException("a writer has ended before its time", failure);
      }
    }
    return 0;
  }

  /** By the end of the input or by a signal, whichever is first; the other finds nothing to do. */
  private synchronized void finish(LoadGenerator load) {
    if (finished) {
      return;
    }
    finished = true;
    try {
      load.stop();
      out.println(LoadSummary.json(WrittenLog.readAll(store.folder)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void obey(LoadGenerator load) throws IOException, InterruptedException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String word = in.readLine(); word != null; word = in.readLine()) {
      switch (word) {
        case "pause" -> {
          load.pause();
          out.println("paused");
        }
        case "go" -> load.goOn();
        case "stop" -> {
          return;
        }
        default -> throw new IOException("not a word of mine: " + word);
      }
    }
  }
}
