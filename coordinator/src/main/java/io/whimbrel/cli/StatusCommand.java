// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.live.Json;
import io.whimbrel.live.LiveStatus;
import io.whimbrel.live.RemoteStatus;
import io.whimbrel.live.StatusReader;
import io.whimbrel.live.StatusText;
import io.whimbrel.metrics.HostPort;
import io.whimbrel.store.Store;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says how far the newest migration is: what the live page shows. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Says how far the newest migration of a store is, from the ledger: also when no",
      "coordinator runs. With --http a running coordinator is asked first, which also knows",
      "the throttle and what happened lately."
    })
final class StatusCommand extends StoreCommand implements Callable<Integer> {

  @Option(names = "--json", description = "As JSON, as the control API gives it")
  boolean json;

  @Option(names = "--http", description = "HOST:PORT of the coordinator's --http")
  @Nullable String http;

  @Override
  public Integer call() throws SQLException, InterruptedException {
    LiveStatus status = http == null ? null : remote(HostPort.parse(http)).orElse(null);
    if (status == null) {
      status = fromLedger();
    }
    if (json) {
      out().println(Json.indented(status));
    } else {
      StatusText.lines(status).forEach(out()::println);
    }
    return 0;
  }

  private Optional<LiveStatus> remote(HostPort address) throws InterruptedException {
    try {
      return Optional.of(RemoteStatus.read(address));
    } catch (IOException e) {
      err().println("whimbrel: " + address + " does not answer: this is what the ledger says");
      err().flush();
      return Optional.empty();
    }
  }

  private LiveStatus fromLedger() throws SQLException {
    try (Store store = openReadOnly()) {
      Ledger ledger = Ledger.of(store);
      return new StatusReader(store, ledger).read(latestOrRefuse(store, ledger).migrationId());
    }
  }
}
