// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.live.LiveSite;
import io.whimbrel.live.LiveSource;
import io.whimbrel.metrics.HostPort;
import io.whimbrel.metrics.MetricsServer;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.store.Secret;
import io.whimbrel.worker.EnvironmentSecret;
import io.whimbrel.worker.WorkerCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The one server of a coordinator: metrics, health, the live page and the control API. */
final class HttpOptions {

  @Option(
      names = "--http",
      description = "HOST:PORT for metrics, health, the live page and the control API")
  @Nullable String http;

  @Option(
      names = "--http-names",
      split = ",",
      description = "Names that the page may be called by, beside addresses and localhost")
  List<String> names = new ArrayList<>();

  /** Listens, if asked to. */
  @Nullable MetricsServer start(WhimbrelMetrics metrics) throws IOException {
    LiveSite.check(token());
    return http == null ? null : MetricsServer.start(HostPort.parse(http), metrics, () -> true);
  }

  /** Adds page and API to the server, once there is a migration to show. */
  LiveSite open(@Nullable MetricsServer server, WhimbrelMetrics metrics, LiveSource source)
      throws IOException {
    metrics.beforeScrape(() -> source.showIn(metrics));
    List<String> known = new ArrayList<>(names);
    if (http != null) {
      known.add(HostPort.parse(http).host());
    }
    known.add(WorkerCommand.hostName());
    return LiveSite.open(server, source, known, token());
  }

  private static @Nullable Secret token() {
    return EnvironmentSecret.from(
        System.getenv(), "WHIMBREL_HTTP_TOKEN", "the token of the control API");
  }
}
