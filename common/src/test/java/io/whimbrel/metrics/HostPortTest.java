// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
  @ParameterizedTest
  @CsvSource({
    "9400, 127.0.0.1, 9400",
    "0.0.0.0:9400, 0.0.0.0, 9400",
    "' metrics.example:1 ', metrics.example, 1",
    "[::1]:9401, ::1, 9401",
    "localhost:0, localhost, 0",
  })
  void parse_readsHostAndPort(String text, String host, int port) {
    assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ":9400",
        "host:",
        "host",
        "host:port",
        "host:-1",
        "::1",
        "::1:9400",
        "[]:1",
        "[::1]",
        "[::1:9400",
        "host:99999",
        "host:123456",
        "host:65536",
        "host:٣"
      })
  void parse_isRefused_whenTextIsNoAddress(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> HostPort.parse(text));
  }

  @Test
  void parse_saysWhatWasExpected_whenTextIsNoAddress() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HostPort.parse("host:http"))
        .withMessage("Not an address: 'host:http'; expected PORT, HOST:PORT or [IPV6]:PORT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1:9400", "[fe80::1]:9400"})
  void toString_isWhatParseReads(String text) {
    assertThat(HostPort.parse(text)).hasToString(text);
  }
}
