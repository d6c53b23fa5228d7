// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.sqlite.SqliteStore;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreUrl;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes as fast as the store takes it, by turns without and with the capture triggers. */
@Command(
    name = "trigger-cost",
    mixinStandardHelpOptions = true,
    description = "Measures in an empty database what change capture costs those who write.")
final class TriggerCostCommand implements Callable<Integer> {

  @Mixin StoreOptions store = new StoreOptions();

  @Option(names = "--memories", description = "In the store (default 200000)")
  int memories = 200_000;

  @Option(names = "--writers", description = "Threads of the load (default 4)")
  int writers = 4;

  @Option(names = "--seconds", description = "Of each turn (default 10)")
  int seconds = 10;

  @Option(names = "--turns", description = "Of each kind (default 4)")
  int turns = 4;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    Files.createDirectories(store.folder);
    TrialSettings settings =
        new TrialSettings(
            store.dbUrl,
            store.folder,
            store.seed,
            memories,
            writers,
            0,
            Duration.ofSeconds(seconds),
            0);
    try (Cluster cluster = new Cluster(settings, false)) {
      TrialStore.make(settings, cluster);
    }
    Moment moment = new Moment(Clock.systemUTC());
    List<Window> windows = new ArrayList<>();
    try (Store open = open();
        LoadProcess load = LoadProcess.start(settings, 0)) {
      // What is compiled and cached first belongs to neither.
      turn("warm-up", moment);
      for (int turn = 0; turn < turns; turn++) {
        windows.add(turn("without", moment));
        open.capture().install();
        windows.add(turn("with", moment));
        open.capture().remove();
      }
      load.stop();
    }
    print(windows, WrittenLog.readAll(store.folder));
    return 0;
  }

  private Store open() {
    StoreUrl url = StoreUrl.parse(store.dbUrl);
    return url instanceof StoreUrl.SqliteUrl sqlite
        ? SqliteStore.open(sqlite, SqliteStore.Access.READ_WRITE)
        : PostgresStore.open((StoreUrl.PostgresUrl) url, System.getenv());
  }

  private Window turn(String name, Moment moment) throws InterruptedException {
    long from = moment.micros();
    TimeUnit.SECONDS.sleep(seconds);
    return new Window(name, from, moment.micros());
  }

  private void print(List<Window> windows, List<WrittenLog> logs) {
    PrintStream out = Printing.out();
    double without = median(windows, logs, "without", out);
    double with = median(windows, logs, "with", out);
    out.printf(
        Locale.ROOT,
        "- closed loop, %d writers, medians of %d turns of %d s: %.0f writes/s without triggers,"
            + " %.0f with them (%+.1f %%)%n",
        writers,
        turns,
        seconds,
        without,
        with,
        (with / without - 1) * 100);
  }

  private static double median(
      List<Window> windows, List<WrittenLog> logs, String name, PrintStream out) {
    double[] rates =
        windows.stream()
            .filter(window -> window.name().equals(name))
            .mapToDouble(window -> rate(window, logs))
            .sorted()
            .toArray();
    out.printf(Locale.ROOT, "- writes/s %s triggers, by turns: %s%n", name, rounded(rates));
    int middle = rates.length / 2;
    return rates.length % 2 == 1 ? rates[middle] : (rates[middle - 1] + rates[middle]) / 2;
  }

  private static String rounded(double[] rates) {
    return Arrays.toString(Arrays.stream(rates).mapToLong(Math::round).toArray());
  }

  private static double rate(Window window, List<WrittenLog> logs) {
    return LoadSummary.writes(logs)
            .filter(operation -> operation.isDone() && window.holds(operation))
            .count()
        / window.seconds();
  }
}
