// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class TextBytesTest {

  @Property(tries = 200)
  void bytes_areText_whenTheySurviveAString(@ForAll byte[] bytes) {
    boolean survives =
        java.util.Arrays.equals(
            new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
    assertThat(TextBytes.isUtf8(bytes)).isEqualTo(survives);
  }

  @Test
  void longText_isText_whenCharactersLieAcrossTheWindow() {
    byte[] bytes = ("x" + "🪶".repeat(5_000)).getBytes(StandardCharsets.UTF_8);
    assertThat(TextBytes.isUtf8(bytes)).isTrue();
    bytes[bytes.length - 1] = 'x';
    assertThat(TextBytes.isUtf8(bytes)).isFalse();
  }
}
