// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KeysTest {

  @Test
  void number_isNull_whenNoKeyColumnHoldsIt() {
    assertThat(Keys.number("-42")).isEqualTo(-42L);
    assertThat(Keys.number("9223372036854775808")).isNull();
    assertThat(Keys.number("one")).isNull();
    assertThat(Keys.number("")).isNull();
  }

  @Test
  void uuid_isKnownByItsForm() {
    assertThat(Keys.isUuid("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")).isTrue();
    assertThat(Keys.isUuid("A0EEBC999C0B4EF8BB6D6BB9BD380A11")).isTrue();
    assertThat(Keys.isUuid("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1")).isFalse();
    assertThat(Keys.isUuid("not a key")).isFalse();
  }
}
