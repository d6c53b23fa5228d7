// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.metrics.RetryCause;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentErrorsTest {

  @ParameterizedTest
  @CsvSource({
    "08006, CONNECTION",
    "57P01, CONNECTION",
    // In the middle of a transaction, and read-only after a failover.
    "25001, CONNECTION",
    "25006, CONNECTION",
    "40001, CONFLICT",
    "40P01, CONFLICT",
    "55P03, LOCK_TIMEOUT",
    "57014, LOCK_TIMEOUT",
    "53100, RESOURCES",
    "58030, RESOURCES",
  })
  void state_isOfTheSurroundings(String state, RetryCause cause) {
    assertThat(EnvironmentErrors.cause(new SQLException("message", state))).contains(cause);
    assertThat(EnvironmentErrors.cause(new IllegalStateException(new SQLException("", state))))
        .contains(cause);
  }

  @Test
  void state_isOfTheData_whenARowIsRefused() {
    assertThat(EnvironmentErrors.cause(new SQLException("message", "23514"))).isEmpty();
    assertThat(EnvironmentErrors.cause(new SQLException("message", "22021"))).isEmpty();
  }
}
