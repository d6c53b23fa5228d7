// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ContentDigestTest {

  private static String of(String... keysAndTexts) {
    ContentDigest digest = new ContentDigest();
    for (int i = 0; i < keysAndTexts.length; i += 2) {
      digest.add(keysAndTexts[i], keysAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    return digest.toString();
  }

  @Test
  void isTheSame_inAnyOrder() {
    assertThat(of("2", "b", "1", "a")).isEqualTo(of("1", "a", "2", "b"));
  }

  @Test
  void differs_whenAMemoryIsMissingDoubledAlteredOrUnderAnotherKey() {
    assertThat(of("1", "a", "2", "b"))
        .isNotEqualTo(of("1", "a"))
        .isNotEqualTo(of("1", "a", "2", "b", "2", "b"))
        .isNotEqualTo(of("1", "a", "2", "c"))
        .isNotEqualTo(of("1", "b", "2", "a"));
    assertThat(of()).isEqualTo("0000000000000000").isNotEqualTo(of("1", ""));
  }
}
