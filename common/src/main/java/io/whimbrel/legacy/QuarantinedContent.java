// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import static java.util.Objects.requireNonNull;

/**
 * Content that cannot be read as text; its stored bytes are to be carried unchanged.
 *
 * @param detail what was seen, for the report
 */
public record QuarantinedContent(ContentProblem problem, String detail) implements DecodedContent {

  public QuarantinedContent {
    requireNonNull(detail, "detail is null");
    if (problem.severity() != ContentProblem.Severity.QUARANTINE) {
      throw new IllegalArgumentException("only a warning: problem=" + problem.code());
    }
  }
}
