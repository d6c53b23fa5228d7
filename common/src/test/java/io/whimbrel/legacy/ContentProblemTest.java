// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ContentProblemTest {

  @ParameterizedTest
  @EnumSource
  void code_namesItsProblem(ContentProblem problem) {
    assertThat(problem.code()).matches("[a-z]+(-[a-z]+)*");
    assertThat(problem.sentence()).endsWith(".");
    assertThat(ContentProblem.ofCode(problem.code())).isEqualTo(problem);
  }

  @Test
  void rejectsUnknownCode() {
    assertThatIllegalArgumentException().isThrownBy(() -> ContentProblem.ofCode("cut"));
  }

  @Test
  void rejectsSeverityThatDoesNotFitTheOutcome() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new QuarantinedContent(ContentProblem.WRONG_FLAG, ""));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new DecodedText(
                    new byte[0], LegacyForm.PLAIN, ContentProblem.CUT_STREAM, "detail"));
  }
}
