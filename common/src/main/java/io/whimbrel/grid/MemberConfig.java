// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.QueueConfig;
import com.hazelcast.config.TcpIpConfig;
import io.whimbrel.cluster.HostPort;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * What a coordinator's Hazelcast is told, all of it explicit: no file, no discovery, no service but
 * the three grid objects.
 */
final class MemberConfig {
  /** A standby coordinator keeps a copy; with one coordinator it means nothing. */
  private static final int BACKUPS = 1;

  private MemberConfig() {}

  /**
   * The configuration for these settings.
   *
   * @throws IllegalArgumentException when the bind address is unknown, a wildcard, or beyond
   *     loopback without a secret
   */
  static Config of(MemberSettings settings) {
    InetAddress address = bindAddress(settings);
    Config config = new Config();
    config.setClusterName(ClusterName.of(settings.clusterSecret()));
    network(config.getNetworkConfig(), settings, address);
    config.getAdvancedNetworkConfig().setEnabled(false);
    config.getJetConfig().setEnabled(false);
    config.getMetricsConfig().setEnabled(false);
    config
        .getManagementCenterConfig()
        .setScriptingEnabled(false)
        .setConsoleEnabled(false)
        .setDataAccessEnabled(false);
    GridSerialization.configure(config.getSerializationConfig());
    objects(config, settings);
    properties(config, settings, address);
    return config;
  }

  private static void network(NetworkConfig network, MemberSettings settings, InetAddress address) {
    network.setPort(settings.bind().port()).setPortAutoIncrement(false).setReuseAddress(true);
    network.getInterfaces().setEnabled(true).addInterface(address.getHostAddress());
    JoinConfig join = network.getJoin();
    join.getMulticastConfig().setEnabled(false);
    join.getAutoDetectionConfig().setEnabled(false);
    TcpIpConfig members = join.getTcpIpConfig().setEnabled(true);
    members.addMember(new HostPort(address.getHostAddress(), settings.bind().port()).toString());
    for (HostPort member : settings.members()) {
      members.addMember(member.toString());
    }
  }

  private static void objects(Config config, MemberSettings settings) {
    config.addQueueConfig(
        new QueueConfig(HazelcastGrid.RANGES)
            .setMaxSize(settings.queueCapacity())
            .setBackupCount(BACKUPS)
            .setStatisticsEnabled(false));
    config.addMapConfig(
        new MapConfig(HazelcastGrid.STATS)
            .setBackupCount(BACKUPS)
            .setTimeToLiveSeconds(Math.toIntExact(settings.statsTimeToLive().toSeconds()))
            .setStatisticsEnabled(false));
    config.addMapConfig(
        new MapConfig(HazelcastGrid.CONTROL).setBackupCount(BACKUPS).setStatisticsEnabled(false));
  }

  private static void properties(Config config, MemberSettings settings, InetAddress address) {
    String callMillis = Long.toString(settings.callTimeout().toMillis());
    config
        .setProperty("hazelcast.logging.type", "slf4j")
        // The details are the cluster name in front of each line; who knows it can join.
        .setProperty("hazelcast.logging.details.enabled", "false")
        .setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.shutdownhook.enabled", "false")
        // Under load it fills the log with the health of a queue of hints.
        .setProperty("hazelcast.health.monitoring.level", "OFF")
        .setProperty("hazelcast.socket.bind.any", "false")
        .setProperty(
            "hazelcast.prefer.ipv4.stack", Boolean.toString(!(address instanceof Inet6Address)))
        .setProperty("hazelcast.operation.fail.on.indeterminate.state", "true")
        .setProperty("hazelcast.operation.call.timeout.millis", callMillis)
        .setProperty("hazelcast.operation.backup.timeout.millis", callMillis)
        // The rest is about not waiting long for what only holds hints: a frozen member, a start
        // with few, a stop with data to hand over, two halves of a cluster that could see each
        // other again.
        .setProperty("hazelcast.heartbeat.interval.seconds", "2")
        .setProperty("hazelcast.max.no.heartbeat.seconds", "15")
        .setProperty("hazelcast.wait.seconds.before.join", "0")
        .setProperty("hazelcast.max.join.seconds", "30")
        .setProperty("hazelcast.graceful.shutdown.max.wait", "10")
        .setProperty("hazelcast.merge.first.run.delay.seconds", "30")
        .setProperty("hazelcast.merge.next.run.delay.seconds", "30");
  }

  private static InetAddress bindAddress(MemberSettings settings) {
    HostPort bind = settings.bind();
    InetAddress address;
    try {
      address = InetAddress.getByName(bind.host());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "the address to listen on is not known here: bind=" + bind, e);
    }
    if (address.isAnyLocalAddress()) {
      throw new IllegalArgumentException(
          "name the one address that workers reach this machine by, not all of them: bind=" + bind);
    }
    if (!address.isLoopbackAddress() && settings.clusterSecret() == null) {
      throw new IllegalArgumentException(
          "listening beyond loopback needs a cluster secret (WHIMBREL_CLUSTER_SECRET): bind="
              + bind);
    }
    return address;
  }
}
