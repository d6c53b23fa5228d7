// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A series of runs; ends with 1 when one of them was not good. Started by the launcher. */
public final class TortureMain {

  private final TortureOptions options;
  private final PrintStream out;
  private final Tally tally = new Tally();

  private TortureMain(TortureOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  public static void main(String[] arguments)
      throws IOException, SQLException, InterruptedException {
    // Frozen processes would stay for ever.
    Runtime.getRuntime().addShutdownHook(new Thread(TortureMain::endChildren, "end-children"));
    boolean good;
    try (PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)) {
      good = new TortureMain(TortureOptions.parse(List.of(arguments)), out).run();
    }
    System.exit(good ? 0 : 1);
  }

  private static void endChildren() {
    ProcessHandle.current()
        .children()
        .forEach(
            child -> {
              if (child.info().command().orElse("").endsWith("postgres")) {
                child.destroy();
              } else {
                child.destroyForcibly();
              }
            });
  }

  private boolean run() throws IOException, SQLException, InterruptedException {
    Path binaries = options.postgresBinaries();
    if (binaries != null) {
      try (DatabaseServer server =
          OwnServer.start(binaries, options.work().resolve("postgresql-server"))) {
        series("postgresql", server);
      }
    }
    if (options.sqlite()) {
      series("sqlite", null);
    }
    String text = tally.text();
    out.println();
    out.print(text);
    Path report = options.report();
    if (report != null) {
      Files.writeString(report, text);
    }
    return tally.failed().isEmpty();
  }

  private void series(String name, @Nullable DatabaseServer server)
      throws IOException, SQLException, InterruptedException {
    Map<String, String> environment = server == null ? Map.of() : server.environment();
    Jvm.Launch launch = new Jvm.Launch(options.jar(), options.work(), environment);
    try (Bench bench =
        Bench.make(launch, options.work().resolve(name), options.memories(), server)) {
      for (int run = 0; run < options.runs(); run++) {
        RunResult result = bench.run(options.seed() + run);
        tally.add(result);
        out.println(result);
        if (!result.isGood()) {
          out.printf(
              Locale.ROOT,
              "  again: deploy/torture/run.sh --database %s --memories %d --runs 1 --seed %d%n",
              name,
              options.memories(),
              result.seed());
        }
      }
    }
  }
}
