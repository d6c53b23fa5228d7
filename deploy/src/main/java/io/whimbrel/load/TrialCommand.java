// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A whole trial in an empty database. */
@Command(
    name = "trial",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a store in an empty database; migrates it, rolls it back and migrates it again beside",
      "a load; checks it; prints what it found. 0 when all went well and nothing is lost."
    })
final class TrialCommand implements Callable<Integer> {

  @Mixin StoreOptions store = new StoreOptions();

  @Option(names = "--memories", description = "In the store (default 200000)")
  int memories = 200_000;

  @Option(names = "--writers", description = "Threads of the load (default 4)")
  int writers = 4;

  @Option(names = "--rate", description = "Writes a second (default 100)")
  int rate = 100;

  @Option(names = "--seconds", description = "Of load before and after each step (default 20)")
  int seconds = 20;

  @Option(names = "--kills", description = "Processes to kill in each migration (default 0)")
  int kills;

  @Option(names = "--result", description = "A file to keep the report in")
  @Nullable Path result;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    Files.createDirectories(store.folder);
    TrialOutcome outcome =
        Trial.run(
            new TrialSettings(
                store.dbUrl,
                store.folder,
                store.seed,
                memories,
                writers,
                rate,
                Duration.ofSeconds(seconds),
                kills));
    String report = TrialReport.of(outcome);
    Printing.out().print(report);
    if (result != null) {
      Files.writeString(result, report);
    }
    return outcome.isClean() ? 0 : 1;
  }
}
