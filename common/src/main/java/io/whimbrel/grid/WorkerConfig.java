// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.client.config.ClientConnectionStrategyConfig.ReconnectMode;
import com.hazelcast.client.config.ClientNetworkConfig;
import io.whimbrel.cluster.HostPort;

/**
 * What a worker's Hazelcast client is told: fail fast while cut off, and look for the coordinators
 * for as long as the worker lives.
 */
final class WorkerConfig {
  private static final int BACKOFF_FIRST_MILLIS = 200;
  private static final int BACKOFF_MAX_MILLIS = 5_000;
  private static final double BACKOFF_MULTIPLIER = 1.5;
  private static final double BACKOFF_JITTER = 0.2;
  private static final long FOR_EVER = -1;
  private static final long HEARTBEAT_MILLIS = 2_000;

  private WorkerConfig() {}

  static ClientConfig of(ClientSettings settings) {
    ClientConfig config = new ClientConfig();
    config.setClusterName(ClusterName.of(settings.clusterSecret()));
    int callMillis = Math.toIntExact(settings.callTimeout().toMillis());
    ClientNetworkConfig network = config.getNetworkConfig();
    network.setConnectionTimeout(callMillis);
    // A poll repeated behind our back would take a second hint and drop the first.
    network.setRedoOperation(false);
    network.getAutoDetectionConfig().setEnabled(false);
    for (HostPort member : settings.members()) {
      network.addAddress(member.toString());
    }
    // An asynchronous start, since a synchronous one shares its time limit with every later
    // reconnection, and the client would shut itself down when a coordinator is away for longer.
    config
        .getConnectionStrategyConfig()
        .setAsyncStart(true)
        .setReconnectMode(ReconnectMode.ASYNC)
        .getConnectionRetryConfig()
        .setInitialBackoffMillis(BACKOFF_FIRST_MILLIS)
        .setMaxBackoffMillis(BACKOFF_MAX_MILLIS)
        .setMultiplier(BACKOFF_MULTIPLIER)
        .setJitter(BACKOFF_JITTER)
        .setClusterConnectTimeoutMillis(FOR_EVER);
    config.getMetricsConfig().setEnabled(false);
    GridSerialization.configure(config.getSerializationConfig());
    properties(config, settings);
    return config;
  }

  private static void properties(ClientConfig config, ClientSettings settings) {
    long callMillis = settings.callTimeout().toMillis();
    config
        .setProperty("hazelcast.logging.type", "slf4j")
        .setProperty("hazelcast.logging.details.enabled", "false")
        .setProperty(
            "hazelcast.client.invocation.timeout.seconds",
            Long.toString(settings.callTimeout().toSeconds()))
        .setProperty("hazelcast.client.operation.fail.on.indeterminate.state", "true")
        .setProperty("hazelcast.client.operation.backup.timeout.millis", Long.toString(callMillis))
        .setProperty("hazelcast.client.heartbeat.interval", Long.toString(HEARTBEAT_MILLIS))
        .setProperty(
            "hazelcast.client.heartbeat.timeout",
            Long.toString(Math.max(callMillis, 3 * HEARTBEAT_MILLIS)))
        .setProperty("hazelcast.client.statistics.enabled", "false");
  }
}
