// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import io.whimbrel.cluster.HostPort;
import io.whimbrel.store.Secret;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemberConfigTest {
  /** An address of the documentation range: no machine has it, and none is asked for it. */
  private static final String BEYOND_LOOPBACK = "192.0.2.7";

  @Test
  void of_refusesToListenBeyondLoopback_whenThereIsNoSecret() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(BEYOND_LOOPBACK, null))
        .withMessageContaining("WHIMBREL_CLUSTER_SECRET");
    assertThat(config(BEYOND_LOOPBACK, new Secret("s")).getClusterName()).startsWith("whimbrel-");
  }

  @Test
  void of_refusesWildcards_evenWithASecret() {
    for (String wildcard : List.of("0.0.0.0", "::")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> config(wildcard, new Secret("s")))
          .withMessageContaining(wildcard);
    }
  }

  @Test
  void of_joinsByListOnly_onOnePortOfOneInterface() {
    Config config = config("127.0.0.1", null);
    JoinConfig join = config.getNetworkConfig().getJoin();
    assertThat(join.getMulticastConfig().isEnabled()).isFalse();
    assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
    assertThat(join.getKubernetesConfig().isEnabled()).isFalse();
    assertThat(join.getTcpIpConfig().getMembers())
        .containsExactly("127.0.0.1:5701", "standby:5702");
    assertThat(config.getNetworkConfig().isPortAutoIncrement()).isFalse();
    assertThat(config.getNetworkConfig().getInterfaces().getInterfaces())
        .containsExactly("127.0.0.1");
    assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("false");
  }

  @Test
  void of_startsNothingButTheGrid() {
    Config config = config("127.0.0.1", null);
    assertThat(config.getJetConfig().isEnabled()).isFalse();
    assertThat(config.getAdvancedNetworkConfig().isEnabled()).isFalse();
    assertThat(config.getManagementCenterConfig().isScriptingEnabled()).isFalse();
    assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
    assertThat(config.getProperty("hazelcast.shutdownhook.enabled")).isEqualTo("false");
    assertThat(config.getQueueConfig("ranges").getMaxSize()).isEqualTo(1_000);
    assertThat(config.getMapConfig("stats").getTimeToLiveSeconds()).isEqualTo(30);
  }

  private static Config config(String host, @Nullable Secret secret) {
    return MemberConfig.of(
        MemberSettings.of(
            new HostPort(host, 5701), List.of(new HostPort("standby", 5702)), secret));
  }
}
