// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultPointIT {

  @Test
  void points_doNothing_whenTheEnvironmentAsksForNone() {
    assertThat(ArmedFaults.from(Map.of())).isNull();
    for (FaultPoint point : FaultPoint.values()) {
      assertThatCode(point::hit).doesNotThrowAnyException();
    }
  }

  @Test
  void rule_firesOnce_whenItNamesAHit() {
    FaultRule rule = FaultRule.parseAll("after-claim:halt:3").get(0);

    List<Boolean> fired =
        IntStream.range(0, 5).mapToObj(i -> rule.fires(FaultPoint.AFTER_CLAIM)).toList();

    assertThat(fired).containsExactly(false, false, true, false, false);
    assertThat(rule.fires(FaultPoint.AFTER_POLL)).isFalse();
  }

  @Test
  void rule_firesAlike_whenTheSeedIsTheSame() {
    List<FaultRule> rules =
        FaultRule.parseAll("mid-copy:error:0.5:7, mid-copy:stop:0.5:7,mid-copy:call:0.5:8");

    List<List<Boolean>> fired =
        rules.stream()
            .map(
                rule ->
                    IntStream.range(0, 64).mapToObj(i -> rule.fires(FaultPoint.MID_COPY)).toList())
            .toList();

    assertThat(fired.get(0))
        .isEqualTo(fired.get(1))
        .isNotEqualTo(fired.get(2))
        .contains(true, false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"after-claim", "nowhere:halt:1", "after-claim:jump:1", "mid-copy:halt:x"})
  void rule_isRefused_whenItCannotBeUnderstood(String text) {
    assertThatThrownBy(() -> FaultRule.parseAll(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fault_isWrittenDown_beforeItHappens(@TempDir Path folder) throws Exception {
    Path log = folder.resolve("faults.log");
    ArmedFaults faults =
        Objects.requireNonNull(
            ArmedFaults.from(
                Map.of(
                    "WHIMBREL_FAULT",
                    "before-commit:error:1",
                    "WHIMBREL_FAULT_LOG",
                    log.toString())));

    assertThatThrownBy(() -> faults.hit(FaultPoint.BEFORE_COMMIT))
        .isInstanceOf(SQLException.class)
        .hasFieldOrPropertyWithValue("SQLState", "08006");

    assertThat(Files.readString(log))
        .isEqualTo(ProcessHandle.current().pid() + " before-commit error\n");
  }
}
