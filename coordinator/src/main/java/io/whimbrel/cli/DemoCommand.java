// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.demo.DemoMix;
import io.whimbrel.demo.DemoOptions;
import io.whimbrel.demo.DemoStore;
import io.whimbrel.demo.DemoSummary;
import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.sqlite.SqliteStore;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a legacy store to try things on. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Fills an empty database with a legacy store of invented memories, to try on.")
final class DemoCommand extends StoreCommand implements Callable<Integer> {

  @Option(names = "--memories", description = "How many (default ${DEFAULT-VALUE})")
  int memories = 20_000;

  @Option(names = "--seed", description = "Another seed makes another store")
  long seed = 1;

  @Option(
      names = "--mix",
      description = "all-forms, plain or undecodable (default ${DEFAULT-VALUE})")
  String mix = "all-forms";

  @Override
  public Integer call() throws SQLException, IOException {
    DemoMix chosen = DemoMix.valueOf(mix.toUpperCase(Locale.ROOT).replace('-', '_'));
    DemoOptions options = new DemoOptions(memories, seed, chosen, DemoOptions.CONTENT_BYTES_MEAN);
    DemoSummary summary;
    try (Store store = openOrCreate()) {
      try (Connection connection = store.connect()) {
        summary = new DemoStore(options).fill(connection);
      }
    }
    out()
        .printf(
            Locale.ROOT,
            "%,d memories in %s (%,d of them damaged, as real stores have some)%n",
            summary.memories(),
            url().redacted(),
            summary.damaged());
    return 0;
  }

  private Store openOrCreate() throws IOException {
    StoreUrl url = url();
    if (url instanceof StoreUrl.SqliteUrl sqlite) {
      Path directory = sqlite.file().toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      return SqliteStore.openOrCreate(sqlite);
    }
    return PostgresStore.open((StoreUrl.PostgresUrl) url, System.getenv());
  }
}
