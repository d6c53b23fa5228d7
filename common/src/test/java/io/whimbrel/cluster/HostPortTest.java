// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostPortTest {
  @Test
  void parse_takesDefaultPort_whenNoneIsWritten() {
    assertThat(HostPort.parse(" db1 ", 5701)).isEqualTo(new HostPort("db1", 5701));
    assertThat(HostPort.parse("[::1]", 5701)).isEqualTo(new HostPort("::1", 5701));
    assertThat(HostPort.parse("fe80::2", 5701)).isEqualTo(new HostPort("fe80::2", 5701));
  }

  @Test
  void parse_readsWhatToStringWrites() {
    for (String text : List.of("127.0.0.1:5701", "[::1]:9", "worker-3.example:65535")) {
      assertThat(HostPort.parse(text, 1).toString()).isEqualTo(text);
    }
  }

  @Test
  void parse_refuses_whenTextIsNoAddress() {
    List<String> wrong =
        List.of(
            "",
            ":5701",
            "a:",
            "a:b",
            "a:0",
            "a:65536",
            "a:99999999999",
            "a:-1",
            "[::1",
            "[::1]x",
            "[]:1",
            "http://a:1",
            "a b:1",
            "user@a:1");
    for (String text : wrong) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> HostPort.parse(text, 5701));
    }
  }

  @Test
  void parseList_readsEachAddress_whenSeparatedByCommas() {
    assertThat(HostPort.parseList("a:1, b", 7))
        .containsExactly(new HostPort("a", 1), new HostPort("b", 7));
    assertThat(HostPort.parseList("  ", 7)).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> HostPort.parseList("a,,b", 7));
  }
}
