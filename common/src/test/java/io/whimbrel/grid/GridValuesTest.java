// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.cluster.HostPort;
import io.whimbrel.store.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GridValuesTest {
  private static final HostPort HERE = new HostPort("127.0.0.1", 5701);

  @Test
  void clusterName_differsBySecret_andDoesNotContainIt() {
    String name = ClusterName.of(new Secret("correct horse"));
    assertThat(name)
        .matches("whimbrel-[0-9a-f]{64}")
        .isEqualTo(ClusterName.of(new Secret("correct horse")))
        .isNotEqualTo(ClusterName.of(new Secret("correct horsf")))
        .doesNotContain("correct");
    assertThat(ClusterName.of(null)).isEqualTo("whimbrel");
  }

  @Test
  void settings_refuse_whatCannotWork() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemberSettings.of(HERE, List.of(), new Secret("  ")))
        .withMessageContaining("secret");
    assertThatIllegalArgumentException().isThrownBy(() -> ClientSettings.of(List.of(), null));
    Duration second = Duration.ofSeconds(1);
    Duration shorter = Duration.ofMillis(999);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MemberSettings(HERE, List.of(), null, 0, second, second));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MemberSettings(HERE, List.of(), null, 1, shorter, second));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ClientSettings(List.of(HERE), null, second, shorter));
  }

  @Test
  void settings_doNotShowTheSecret() {
    Secret secret = new Secret("correct horse");
    assertThat(MemberSettings.of(HERE, List.of(), secret).toString()).doesNotContain("correct");
    assertThat(ClientSettings.of(List.of(HERE), secret).toString()).doesNotContain("correct");
  }

  @Test
  void workerStats_checkThemselves_andDoNotChange() {
    List<Long> ranges = new ArrayList<>(List.of(1L));
    WorkerStats stats = new WorkerStats("w", 1, "h", 1, ranges, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    ranges.add(2L);
    assertThat(stats.currentRanges()).containsExactly(1L);
    assertThatThrownBy(() -> stats.currentRanges().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatIllegalArgumentException().isThrownBy(() -> GridSamples.stats(" "));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WorkerStats("w", 1, "h", 1, ranges, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0))
        .withMessageContaining("retries");
  }
}
